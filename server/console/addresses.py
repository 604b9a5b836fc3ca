"""The addresses the front page names, each with what it is for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """An address; `link` where a browser shows something there."""

    path: str
    zh: str
    en: str
    link: bool = False


ADDRESSES = (
    Address("/graphql", "数据图：应用在这里提问（POST）", "The data graph: applications ask here (POST)"),
    Address(
        "/oauth/token",
        "领取访问令牌（客户端凭证）",
        "Access tokens (OAuth 2.0 client credentials)",
    ),
    Address(
        "/control/graphql",
        "管理图：目录、调用方、授权、审计（POST）",
        "The control graph: catalog, clients, grants, audit (POST)",
    ),
    Address(
        "/.well-known/oauth-authorization-server",
        "授权服务器元数据",
        "Metadata of the authorization server (RFC 8414)",
        link=True,
    ),
    Address("/.well-known/jwks.json", "验证令牌的公钥", "Public keys that verify tokens", link=True),
    Address(
        "/audit/log/checkpoint",
        "审计日志的签名检查点：请另存一份，事后可验证",
        "The log's signed checkpoint: keep a copy to prove later that nothing was altered",
        link=True,
    ),
    Address("/health/live", "进程是否在运行", "Whether the process runs", link=True),
    Address("/health/ready", "是否可以服务", "Whether it can serve", link=True),
)
"""In the order of a newcomer's first day."""
