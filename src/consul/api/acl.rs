//! `/v1/acl`: the token in hand, and what it may do.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::Error;

/// Questions that an agent takes at once.
///
/// Consul: `maxACLAuthorizations`; it refuses a longer list.
const AT_ONCE: usize = 64;

/// The token of the request.
const fn token_self() -> Path {
    Path::fixed("/v1/acl/token/self")
}

/// What the token of the request may do, as the agent decides it.
const fn authorize() -> Path {
    Path::fixed("/v1/internal/acl/authorize")
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
