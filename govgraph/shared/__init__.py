"""What the replicas of one platform know together: in memory for one process, in Redis for several."""
