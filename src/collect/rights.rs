//! Which rights the token in hand has.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::consul::Consul;
use crate::consul::api::acl::Authorization;
use crate::consul::api::policies::{Grants, Link};
use crate::error::{CommandError, Kind};
use crate::rights::{Granted, Need};

/// Where an answer about rights comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judge {
    /// The agent itself decided.
    Agent,
    /// The rules of the token's policies were read.
    Policies,
    /// ACLs are off: everything is allowed.
    AclsOff,
}

/// A right and whether the token has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The right.
    pub need: Need,
    /// Whether the token has it.
    pub has: bool,
}

/// What the token has of `needs`: by the agent's own judgement, else by the token's policies.
///
/// Nothing is inferred from what the agent gives or refuses: it answers some questions from its cache.
pub async fn judged(consul: &Consul, needs: Vec<Need>) -> Result<(Judge, Vec<Checked>), CommandError> {
    let questions: Vec<Authorization> = needs
        .iter()
        .map(|need| Authorization::new(need.resource.name(), need.segment(), need.access.name()))
        .collect();
    let failed = match consul.authorize(&questions).await {
        Ok(answers) if answers.len() == needs.len() => {
            let checked = needs.into_iter().zip(answers);
            let checked = checked.map(|(need, answer)| Checked { need, has: answer.allow });
            return Ok((Judge::Agent, checked.collect()));
        }
        Ok(_) => CommandError::message(Kind::Agent, "the agent answered another number of questions"),
        Err(error) if error.says_acls_are_off() => {
            let checked = needs.into_iter().map(|need| Checked { need, has: true });
            return Ok((Judge::AclsOff, checked.collect()));
        }
        Err(error) if error.is_unknown_token() || error.status().is_none() => return Err(error.into()),
        Err(error) => error.into(),
    };
    let cannot = |error: CommandError| {
        error
            .context("cannot find out what the token may do: the agent does not say, and the token's policies cannot be read")
            .hint("give the token `acl = \"read\"` for this, or ask an agent of Consul 1.8 or later")
    };
    let Ok(grants) = consul.own_grants().await else { return Err(cannot(failed)) };
    let granted = granted(consul, grants).await.map_err(cannot)?;
    let by_default = consul.allows_by_default().await.unwrap_or_default();
    let checked = needs.into_iter().map(|need| {
        let has = granted.allows(&need, by_default);
        Checked { need, has }
    });
    Ok((Judge::Policies, checked.collect()))
}

/// The builtin policy that allows everything.
const GLOBAL_MANAGEMENT: &str = "00000000-0000-0000-0000-000000000001";

/// What a token or role of these parts may do.
async fn granted(consul: &Consul, own: Grants) -> Result<Granted, CommandError> {
    let mut all = Granted::default();
    let mut roles: Vec<Link> = own.roles.clone().unwrap_or_default();
    let mut parts = vec![own];
    while let Some(role) = roles.pop() {
        parts.push(consul.role_grants(&role.id).await?);
    }
    let mut policies = BTreeSet::new();
    for part in parts {
        policies.extend(part.policies.unwrap_or_default().into_iter().map(|policy| policy.id));
        for identity in part.service_identities.unwrap_or_default() {
            all = all.and(Granted::service_identity(&identity.service_name));
        }
        for identity in part.node_identities.unwrap_or_default() {
            all = all.and(Granted::node_identity(&identity.node_name));
        }
        for template in part.templated_policies.unwrap_or_default() {
            let name = template.template_variables.unwrap_or_default().name;
            all = all.and(match template.template_name.as_str() {
                "builtin/service" => Granted::service_identity(&name),
                "builtin/node" => Granted::node_identity(&name),
                other => {
                    let text = format_args!("the template `{other}` of a policy is not known here");
                    return Err(CommandError::message(Kind::Failed, text));
                }
            });
        }
    }
    for id in policies {
        if id == GLOBAL_MANAGEMENT {
            return Ok(Granted::everything());
        }
        let text = consul.policy_rules(&id).await?;
        all = all.and(Granted::read(&text).map_err(|error| CommandError::new(Kind::Failed, error))?);
    }
    Ok(all)
}
