module govgraph.example/verify

go 1.19
