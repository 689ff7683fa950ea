//! `/v1/acl`: the token in hand, and what it may do.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::{Error, Failure};
use crate::excerpt;
use crate::secret::Secret;
use crate::system::clock;

/// Questions that an agent takes at once.
///
/// Consul: `maxACLAuthorizations`; it refuses a longer list.
const AT_ONCE: usize = 64;

/// The token of the request.
pub const fn token_self() -> Path {
    Path::fixed("/v1/acl/token/self")
}

/// What the token of the request may do, as the agent decides it.
const fn authorize() -> Path {
    Path::fixed("/v1/internal/acl/authorize")
}

/// Exchanges a bearer token for an ACL token.
const fn login() -> Path {
    Path::fixed("/v1/acl/login")
}

/// Destroys the token of the request, if a log-in made it.
pub const fn logout() -> Path {
    Path::fixed("/v1/acl/logout")
}

/// All policies, without their rules.
pub const fn policies() -> Path {
    Path::fixed("/v1/acl/policies")
}

/// A new policy.
pub const fn new_policy() -> Path {
    Path::fixed("/v1/acl/policy")
}

/// A policy, by its ID.
pub fn policy(id: &str) -> Path {
    Path::named("/v1/acl/policy/", id)
}

/// All roles.
pub const fn roles() -> Path {
    Path::fixed("/v1/acl/roles")
}

/// All tokens, without their secrets.
pub const fn tokens() -> Path {
    Path::fixed("/v1/acl/tokens")
}

/// A new token.
pub const fn new_token() -> Path {
    Path::fixed("/v1/acl/token")
}

/// A token, by its accessor ID.
pub fn token(accessor: &str) -> Path {
    Path::named("/v1/acl/token/", accessor)
}

/// Another token with the same rights as this one.
pub fn clone_token(accessor: &str) -> Path {
    Path::under(Path::named("/v1/acl/token/", accessor), "/clone")
}

/// The first management token of a cluster.
pub const fn bootstrap() -> Path {
    Path::fixed("/v1/acl/bootstrap")
}

/// What a log-in is asked with.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LogIn<'a> {
    /// Name of the auth method.
    pub auth_method: &'a str,
    /// What it verifies.
    pub bearer_token: &'a Secret,
    /// Notes on the token.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: &'a BTreeMap<String, String>,
}

/// The token of a log-in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewToken {
    /// What names it without giving it away.
    #[serde(rename = "AccessorID", default)]
    pub accessor: String,
    /// The token itself.
    #[serde(rename = "SecretID")]
    pub secret: Secret,
    /// When it was made.
    #[serde(default)]
    pub create_time: String,
    /// When it expires; absent: never.
    #[serde(default)]
    pub expiration_time: Option<String>,
}

impl NewToken {
    /// How long it is valid from when it was made, by the clock of the server that made it; `None`: it does not expire.
    pub fn life(&self) -> Option<Duration> {
        let end = clock::parse(self.expiration_time.as_deref()?)?;
        let start = clock::parse(&self.create_time).unwrap_or_else(clock::now);
        Some(Duration::try_from(end - start).unwrap_or_default())
    }
}

/// A token as Consul describes it, without its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct OwnToken {
    /// What names it without giving it away.
    #[serde(rename = "AccessorID")]
    pub accessor: String,
    /// For people.
    pub description: String,
    /// When it expires; absent: never.
    pub expiration_time: Option<String>,
}

/// A right, and whether the token has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Authorization {
    /// `service`, `node`, `agent`, …
    pub resource: String,
    /// The name that it is about.
    pub segment: String,
    /// `read` or `write`.
    pub access: String,
    /// Whether the token has it; only in an answer: the agent refuses a question with it.
    #[serde(skip_serializing)]
    pub allow: bool,
}

impl Authorization {
    /// A right to be asked about.
    pub fn new(resource: &str, segment: &str, access: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            segment: segment.to_owned(),
            access: access.to_owned(),
            allow: false,
        }
    }
}

impl Consul {
    /// Logs in, for a token. The client must have none: Consul refuses a log-in with one.
    pub async fn log_in(&self, request: &LogIn<'_>) -> Result<NewToken, Error> {
        let body = serde_json::to_vec(request).unwrap_or_default();
        let answer = self.exchange(Method::POST, &login(), &[], Some(body), None).await?;
        let fail = |failure| self.error("POST", login().as_str(), failure);
        if answer.status >= 300 {
            let body = excerpt::of_body(&answer.body, &[request.bearer_token.expose()]);
            return Err(fail(Failure::Status { status: answer.status, body }));
        }
        // The answer is a secret: an error shows nothing of it.
        serde_json::from_slice(&answer.body).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            fail(Failure::Answer(format!("it is not a token ({place})")))
        })
    }

    /// Logs the token of the requests out: it is no longer valid.
    pub async fn log_out(&self) -> Result<(), Error> {
        self.send(Method::POST, &logout(), &[], None, None).await.map(drop)
    }

    /// The token of the requests.
    pub async fn own_token(&self) -> Result<OwnToken, Error> {
        self.get(&token_self(), &[]).await
    }

    /// Which of these rights the token has, by the agent's own judgement. It changes nothing.
    pub async fn authorize(&self, rights: &[Authorization]) -> Result<Vec<Authorization>, Error> {
        let mut answered = Vec::with_capacity(rights.len());
        for batch in rights.chunks(AT_ONCE) {
            let body = serde_json::to_vec(batch).unwrap_or_default();
            let answer = self.send(Method::POST, &authorize(), &[], Some(body), None).await?;
            let answer: Vec<Authorization> = self.decode("POST", &authorize(), &answer.body)?;
            answered.extend(answer);
        }
        Ok(answered)
    }
}
