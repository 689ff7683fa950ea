//! `/v1/acl/policy` and `/v1/acl/role`: what a token is made of, for those who may read it.

use serde::Deserialize;
use serde_json::Value;

use super::agent::itself;
use super::path::Path;
use crate::consul::client::Consul;
use crate::consul::error::{Error, Failure};

/// A token or a role: what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Grants {
    /// Policies.
    pub policies: Option<Vec<Link>>,
    /// Roles; of a token.
    pub roles: Option<Vec<Link>>,
    /// Identities of services.
    pub service_identities: Option<Vec<ServiceIdentity>>,
    /// Identities of nodes (Consul 1.8.1+).
    pub node_identities: Option<Vec<NodeIdentity>>,
    /// Policies from templates (Consul 1.17+).
    pub templated_policies: Option<Vec<TemplatedPolicy>>,
}

/// A policy or role, by its ID.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Link {
    /// Its ID.
    #[serde(rename = "ID")]
    pub id: String,
}

/// What stands for a policy about one service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ServiceIdentity {
    /// The service.
    pub service_name: String,
}

/// What stands for a policy about one node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct NodeIdentity {
    /// The node.
    pub node_name: String,
}

/// A policy from a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TemplatedPolicy {
    /// The template, such as `builtin/service`.
    pub template_name: String,
    /// What is put into it.
    pub template_variables: Option<TemplateVariables>,
}

/// What is put into a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TemplateVariables {
    /// A name.
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Policy {
    rules: String,
}

impl Error {
    /// Whether the agent has ACLs switched off: it answers 401 to all questions about them then.
    pub fn says_acls_are_off(&self) -> bool {
        matches!(&self.failure, Failure::Status { body, .. } if body.contains("ACL support disabled"))
    }
}

impl Consul {
    /// What the token of the requests is made of.
    pub async fn own_grants(&self) -> Result<Grants, Error> {
        self.get(&Path::fixed("/v1/acl/token/self"), &[]).await
    }

    /// What a role is made of.
    pub async fn role_grants(&self, id: &str) -> Result<Grants, Error> {
        self.get(&Path::named("/v1/acl/role/", id), &[]).await
    }

    /// Whether the default policy of ACLs allows what no rule is about.
    pub async fn allows_by_default(&self) -> Result<bool, Error> {
        let agent: Value = self.get(&itself(), &[]).await?;
        let policy = |pointer| agent.pointer(pointer).and_then(Value::as_str);
        let policy = policy("/DebugConfig/ACLResolverSettings/ACLDefaultPolicy")
            .or_else(|| policy("/DebugConfig/ACLDefaultPolicy"));
        Ok(policy == Some("allow"))
    }

    /// The rules of a policy.
    pub async fn policy_rules(&self, id: &str) -> Result<String, Error> {
        let policy: Policy = self.get(&Path::named("/v1/acl/policy/", id), &[]).await?;
        Ok(policy.rules)
    }
}
