//! The command lines of `acl token …`, `acl policy …`, `acl bootstrap`, `acl set-agent-token`, `login` and `logout`.

use super::companion::{Call, Companion};
use crate::commands::access::policy::{self, Changes};
use crate::commands::access::token::{self, Merge, New, Parts};
use crate::commands::access::{self, Shown, session};
use crate::commands::companion::Failure;
use crate::settings::flag::Flag;
use crate::settings::login;

const FORMAT: Flag = Flag::text("format", "FORMAT", "Output: pretty or json").default("pretty");
const META: Flag = Flag::switch("meta", "Print hash and indexes too");

const POLICY_NEW_NAME: Flag = Flag::text("name", "NAME", "Name of the policy");
const POLICY_DESCRIPTION: Flag = Flag::text("description", "TEXT", "What the policy is for");
const RULES: Flag = Flag::text("rules", "RULES", "The rules: a text, @FILE, or - for standard input");
const DATACENTERS: Flag =
    Flag::repeated("valid-datacenter", "NAME", "Datacenter where the policy is valid; can be repeated");
const POLICY_ID: Flag = Flag::text("id", "ID", "ID of the policy, or the beginning of it");
const POLICY_NAME: Flag = Flag::text("name", "NAME", "Name of the policy; with --id on update, its new name");
const NO_MERGE: Flag = Flag::switch("no-merge", "Empty what is not given, instead of leaving it as it is");

const DESCRIPTION: Flag = Flag::text("description", "TEXT", "What the token is for");
const ACCESSOR: Flag = Flag::text("accessor", "UUID", "Accessor ID of the new token [default: a random one]");
const SECRET: Flag = Flag::secret("secret", "UUID", "Secret ID of the new token [default: a random one]");
const LIFE: Flag = Flag::duration("expires-ttl", "How long the token is valid [default: for ever]");
const LOCAL: Flag = Flag::switch("local", "Make a token that is valid in this datacenter only");
const WITH_POLICY_ID: Flag =
    Flag::repeated("policy-id", "ID", "ID of a policy, or the beginning of it; can be repeated");
const WITH_POLICY: Flag = Flag::repeated("policy-name", "NAME", "Name of a policy; can be repeated");
const WITH_ROLE_ID: Flag =
    Flag::repeated("role-id", "ID", "ID of a role, or the beginning of it; can be repeated");
const WITH_ROLE: Flag = Flag::repeated("role-name", "NAME", "Name of a role; can be repeated");
const WITH_SERVICE: Flag = Flag::repeated(
    "service-identity",
    "NAME[:DATACENTER,...]",
    "Service that the token stands for; can be repeated",
);
const WITH_NODE: Flag =
    Flag::repeated("node-identity", "NODE:DATACENTER", "Node that the token stands for; can be repeated");
const ID: Flag = Flag::text("id", "ID", "Accessor ID of the token, or the beginning of it");
const ACCESSOR_ID: Flag = Flag::text("accessor-id", "ID", "The same as --id; the name since Consul 1.15");
const SELF: Flag = Flag::switch("self", "Read the token of this request");
const MERGE_POLICIES: Flag = Flag::switch("merge-policies", "Add to the policies instead of replacing them");
const MERGE_ROLES: Flag = Flag::switch("merge-roles", "Add to the roles instead of replacing them");
const MERGE_SERVICES: Flag =
    Flag::switch("merge-service-identities", "Add to the service identities instead of replacing them");
const MERGE_NODES: Flag =
    Flag::switch("merge-node-identities", "Add to the node identities instead of replacing them");
const APPEND_POLICY_ID: Flag =
    Flag::repeated("append-policy-id", "ID", "The same as --policy-id with --merge-policies (Consul 1.15)");
const APPEND_POLICY: Flag = Flag::repeated(
    "append-policy-name",
    "NAME",
    "The same as --policy-name with --merge-policies (Consul 1.15)",
);
const APPEND_ROLE_ID: Flag =
    Flag::repeated("append-role-id", "ID", "The same as --role-id with --merge-roles (Consul 1.15)");
const APPEND_ROLE: Flag =
    Flag::repeated("append-role-name", "NAME", "The same as --role-name with --merge-roles (Consul 1.15)");

const METHOD: Flag = Flag::text("method", "NAME", "Auth method to log in with");
const TYPE: Flag = Flag::text("type", "TYPE", "Type of the auth method; Consul finds it out by itself");
const BEARER: Flag = Flag::text("bearer-token-file", "FILE", "File with the JWT for the log-in");
const SINK: Flag =
    Flag::text("token-sink-file", "FILE", "Where to write the token, for its owner alone (0600)");
const LOGIN_META: Flag = Flag::repeated("meta", "KEY=VALUE", "Note on the token; can be repeated");

/// The commands.
pub const COMMANDS: &[Companion] = &[
    Companion {
        path: &["login"],
        about: "Exchange a JWT for an ACL token, as `consul login`",
        usage: "termgate login -method NAME -bearer-token-file FILE -token-sink-file FILE [flags]",
        summary: "Logs in and writes the token into a file. `termgate run -login-method` does it by itself, and keeps the \
                  token valid.",
        flags: &[METHOD, TYPE, BEARER, SINK, LOGIN_META],
        examples: &["termgate login -method k8s -bearer-token-file jwt -token-sink-file token"],
        run: log_in,
    },
    Companion {
        path: &["logout"],
        about: "Destroy the token of a log-in, as `consul logout`",
        usage: "termgate logout [flags]",
        summary: "Destroys the token of this request, if a log-in made it.",
        flags: &[],
        examples: &["termgate logout -token-file token"],
        run: log_out,
    },
    Companion {
        path: &["acl", "bootstrap"],
        about: "Make the first token, as `consul acl bootstrap`",
        usage: "termgate acl bootstrap [flags] [FILE|-]",
        summary: "Makes the first management token of a cluster; since Consul 1.11 with the secret in a file.",
        flags: &[FORMAT],
        examples: &["termgate acl bootstrap -format json"],
        run: bootstrap,
    },
    Companion {
        path: &["acl", "set-agent-token"],
        about: "Give the agent a token, as `consul acl set-agent-token`",
        usage: "termgate acl set-agent-token [flags] TYPE TOKEN",
        summary: "Sets the token that the agent uses itself: default, agent, recovery (before Consul 1.11: master), \
                  replication.",
        flags: &[],
        examples: &["termgate acl set-agent-token agent \"$AGENT_TOKEN\""],
        run: set_agent_token,
    },
    Companion {
        path: &["acl", "policy", "create"],
        about: "Create an ACL policy, as `consul acl policy create`",
        usage: "termgate acl policy create -name NAME [flags]",
        summary: "Creates a policy. `termgate acl policy` prints the rules that a gateway needs.",
        flags: &[POLICY_NEW_NAME, POLICY_DESCRIPTION, RULES, DATACENTERS, FORMAT, META],
        examples: &["termgate acl policy create -name gateway -rules @gateway.hcl"],
        run: create_policy,
    },
    Companion {
        path: &["acl", "policy", "read"],
        about: "Show an ACL policy, as `consul acl policy read`",
        usage: "termgate acl policy read -id ID | -name NAME [flags]",
        summary: "Shows a policy with its rules.",
        flags: &[POLICY_ID, POLICY_NAME, FORMAT, META],
        examples: &["termgate acl policy read -name gateway"],
        run: read_policy,
    },
    Companion {
        path: &["acl", "policy", "update"],
        about: "Change an ACL policy, as `consul acl policy update`",
        usage: "termgate acl policy update -id ID | -name NAME [flags]",
        summary: "Changes what is given, and leaves the rest as it is.",
        flags: &[POLICY_ID, POLICY_NAME, POLICY_DESCRIPTION, RULES, DATACENTERS, NO_MERGE, FORMAT, META],
        examples: &["termgate acl policy update -name gateway -rules @gateway.hcl"],
        run: update_policy,
    },
    Companion {
        path: &["acl", "policy", "delete"],
        about: "Delete an ACL policy, as `consul acl policy delete`",
        usage: "termgate acl policy delete -id ID | -name NAME [flags]",
        summary: "Deletes a policy. Tokens lose its rights at once.",
        flags: &[POLICY_ID, POLICY_NAME],
        examples: &["termgate acl policy delete -name gateway"],
        run: delete_policy,
    },
    Companion {
        path: &["acl", "policy", "list"],
        about: "List the ACL policies, as `consul acl policy list`",
        usage: "termgate acl policy list [flags]",
        summary: "Lists all policies, without their rules.",
        flags: &[FORMAT, META],
        examples: &["termgate acl policy list"],
        run: list_policies,
    },
    Companion {
        path: &["acl", "token", "create"],
        about: "Create an ACL token, as `consul acl token create`",
        usage: "termgate acl token create [flags]",
        summary: "Creates a token of policies, roles and identities, and prints it with its secret.",
        flags: &[
            DESCRIPTION,
            WITH_POLICY_ID,
            WITH_POLICY,
            WITH_ROLE_ID,
            WITH_ROLE,
            WITH_SERVICE,
            WITH_NODE,
            ACCESSOR,
            SECRET,
            LIFE,
            LOCAL,
            FORMAT,
            META,
        ],
        examples: &["termgate acl token create -description gateway -policy-name gateway"],
        run: create_token,
    },
    Companion {
        path: &["acl", "token", "read"],
        about: "Show an ACL token, as `consul acl token read`",
        usage: "termgate acl token read -id ID | -self [flags]",
        summary: "Shows a token with its secret.",
        flags: &[ID, ACCESSOR_ID, SELF, FORMAT, META],
        examples: &["termgate acl token read -self"],
        run: read_token,
    },
    Companion {
        path: &["acl", "token", "update"],
        about: "Change an ACL token, as `consul acl token update`",
        usage: "termgate acl token update -id ID [flags]",
        summary: "Replaces the policies, roles and identities of a token by those that are given.",
        flags: &[
            ID,
            ACCESSOR_ID,
            DESCRIPTION,
            WITH_POLICY_ID,
            WITH_POLICY,
            WITH_ROLE_ID,
            WITH_ROLE,
            WITH_SERVICE,
            WITH_NODE,
            MERGE_POLICIES,
            MERGE_ROLES,
            MERGE_SERVICES,
            MERGE_NODES,
            APPEND_POLICY_ID,
            APPEND_POLICY,
            APPEND_ROLE_ID,
            APPEND_ROLE,
            FORMAT,
            META,
        ],
        examples: &["termgate acl token update -id 986193 -policy-name gateway -merge-policies"],
        run: update_token,
    },
    Companion {
        path: &["acl", "token", "delete"],
        about: "Delete an ACL token, as `consul acl token delete`",
        usage: "termgate acl token delete -id ID [flags]",
        summary: "Deletes a token. Nobody can use it any more.",
        flags: &[ID, ACCESSOR_ID],
        examples: &["termgate acl token delete -id 986193"],
        run: delete_token,
    },
    Companion {
        path: &["acl", "token", "list"],
        about: "List the ACL tokens, as `consul acl token list`",
        usage: "termgate acl token list [flags]",
        summary: "Lists all tokens.",
        flags: &[FORMAT, META],
        examples: &["termgate acl token list"],
        run: list_tokens,
    },
    Companion {
        path: &["acl", "token", "clone"],
        about: "Clone an ACL token, as `consul acl token clone`",
        usage: "termgate acl token clone -id ID [flags]",
        summary: "Makes another token with the same rights, and prints it with its secret.",
        flags: &[ID, ACCESSOR_ID, DESCRIPTION, FORMAT, META],
        examples: &["termgate acl token clone -id 986193 -description 'the second gateway'"],
        run: clone_token,
    },
];

fn typed(call: &Call<'_>, flag: &Flag) -> String {
    call.typed(flag).unwrap_or_default().to_owned()
}

fn shown(call: &Call<'_>) -> Result<Shown, Failure> {
    Ok(Shown { json: access::is_json(call.typed(&FORMAT).unwrap_or_default())?, meta: call.is_on(&META) })
}

fn log_in(call: &Call<'_>) -> Result<u8, Failure> {
    let needed = |flag: &Flag| match call.typed(flag) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(call.wrong_usage(format!("Missing required '-{}' flag", flag.name))),
    };
    let (method, sink, bearer) = (needed(&METHOD)?, needed(&SINK)?, needed(&BEARER)?);
    let meta = login::meta(call.all(&LOGIN_META))
        .map_err(|reason| call.wrong_usage(format!("invalid value for flag -meta: {reason}")))?;
    session::log_in(&call.agent()?, &method, &bearer, &sink, &meta)?;
    Ok(0)
}

fn log_out(call: &Call<'_>) -> Result<u8, Failure> {
    session::log_out(&call.agent()?)?;
    Ok(0)
}

fn bootstrap(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    let secret = match call.words() {
        [] => None,
        [word] if word == "-" => Some(access::given("-")?),
        [path] => Some(access::given(&format!("@{path}"))?),
        _ => return Err(call.wrong_usage("Too many arguments: one file is expected")),
    };
    call.print(token::bootstrap(&call.agent()?, secret.as_deref(), how)?);
    Ok(0)
}

fn set_agent_token(call: &Call<'_>) -> Result<u8, Failure> {
    let (kind, token) = match call.words() {
        [] => return Err(call.wrong_usage("Error! Missing TYPE and TOKEN arguments")),
        [_] => return Err(call.wrong_usage("Error! Missing TOKEN argument")),
        [kind, token] => (kind, token),
        words => {
            let count = words.len();
            return Err(call.wrong_usage(format!("Too many arguments (expected 2, got {count})")));
        }
    };
    call.print(token::set_for_agent(&call.agent()?, kind, token)?);
    Ok(0)
}

fn changes(call: &Call<'_>) -> Result<Changes, Failure> {
    let given = |flag: &Flag| call.typed(flag).filter(|text| !text.is_empty()).map(str::to_owned);
    let rules = given(&RULES).map(|text| access::given(&text)).transpose();
    Ok(Changes {
        name: given(&POLICY_NAME),
        description: given(&POLICY_DESCRIPTION),
        rules: rules.map_err(|failure| access::doing("Error loading rules", failure))?,
        datacenters: call.all(&DATACENTERS).to_vec(),
        replaces: call.is_on(&NO_MERGE),
    })
}

fn create_policy(call: &Call<'_>) -> Result<u8, Failure> {
    let (changes, how) = (changes(call)?, shown(call)?);
    if changes.name.is_none() {
        return Err(call.wrong_usage("Missing require '-name' flag"));
    }
    call.print(policy::create(&call.agent()?, changes, how)?);
    Ok(0)
}

/// Which policy is meant: its ID or the beginning of it, else its name.
fn which(call: &Call<'_>) -> Result<(String, String), Failure> {
    let (id, name) = (typed(call, &POLICY_ID), typed(call, &POLICY_NAME));
    if id.is_empty() && name.is_empty() {
        return Err(call.wrong_usage("Must specify either the -id or -name parameters"));
    }
    Ok((id, name))
}

fn read_policy(call: &Call<'_>) -> Result<u8, Failure> {
    let ((id, name), how) = (which(call)?, shown(call)?);
    let agent = call.agent()?;
    call.print(policy::read(&agent, &policy::named(&agent, &id, &name)?, how)?);
    Ok(0)
}

fn update_policy(call: &Call<'_>) -> Result<u8, Failure> {
    let ((id, name), how) = (which(call)?, shown(call)?);
    let mut changes = changes(call)?;
    if id.is_empty() && !changes.replaces {
        changes.name = None;
    }
    let agent = call.agent()?;
    call.print(policy::update(&agent, &policy::named(&agent, &id, &name)?, changes, how)?);
    Ok(0)
}

fn delete_policy(call: &Call<'_>) -> Result<u8, Failure> {
    let (id, name) = which(call)?;
    let agent = call.agent()?;
    call.print(policy::delete(&agent, &policy::named(&agent, &id, &name)?)?);
    Ok(0)
}

fn list_policies(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    call.print(policy::listed(&call.agent()?, how)?);
    Ok(0)
}

fn parts(call: &Call<'_>) -> Parts {
    let all = |flag: &Flag, also: &Flag| [call.all(flag), call.all(also)].concat();
    Parts {
        policy_ids: all(&WITH_POLICY_ID, &APPEND_POLICY_ID),
        policy_names: all(&WITH_POLICY, &APPEND_POLICY),
        role_ids: all(&WITH_ROLE_ID, &APPEND_ROLE_ID),
        role_names: all(&WITH_ROLE, &APPEND_ROLE),
        services: call.all(&WITH_SERVICE).to_vec(),
        nodes: call.all(&WITH_NODE).to_vec(),
    }
}

fn create_token(call: &Call<'_>) -> Result<u8, Failure> {
    let (parts, how) = (parts(call), shown(call)?);
    if parts.is_empty() {
        return Err(call.wrong_usage(
            "Cannot create a token without specifying -policy-name, -policy-id, -role-name, -role-id, \
             -service-identity, or -node-identity at least once",
        ));
    }
    let new = New {
        accessor: typed(call, &ACCESSOR),
        secret: typed(call, &SECRET),
        description: typed(call, &DESCRIPTION),
        is_local: call.is_on(&LOCAL),
        life: typed(call, &LIFE),
        parts,
    };
    call.print(token::create(&call.agent()?, &new, how)?);
    Ok(0)
}

/// The accessor ID that was given, or the beginning of it.
fn accessor(call: &Call<'_>, missing: &str) -> Result<String, Failure> {
    let given = [&ACCESSOR_ID, &ID].map(|flag| typed(call, flag));
    let given = given.into_iter().find(|text| !text.is_empty());
    given.ok_or_else(|| call.wrong_usage(missing))
}

fn read_token(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    if call.is_on(&SELF) {
        call.print(token::read_own(&call.agent()?, how)?);
        return Ok(0);
    }
    let part = accessor(call, "Must specify the -id parameter")?;
    let agent = call.agent()?;
    call.print(token::read(&agent, &token::named(&agent, &part)?, how)?);
    Ok(0)
}

fn update_token(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    let part = accessor(call, "Cannot update a token without specifying the -id parameter")?;
    let appends = |flags: [&Flag; 2]| flags.iter().any(|flag| !call.all(flag).is_empty());
    let merge = Merge {
        policies: call.is_on(&MERGE_POLICIES) || appends([&APPEND_POLICY_ID, &APPEND_POLICY]),
        roles: call.is_on(&MERGE_ROLES) || appends([&APPEND_ROLE_ID, &APPEND_ROLE]),
        services: call.is_on(&MERGE_SERVICES),
        nodes: call.is_on(&MERGE_NODES),
    };
    let agent = call.agent()?;
    let id = token::named(&agent, &part)?;
    call.print(token::update(&agent, &id, &typed(call, &DESCRIPTION), &parts(call), merge, how)?);
    Ok(0)
}

fn delete_token(call: &Call<'_>) -> Result<u8, Failure> {
    let part = accessor(call, "Must specify the -id parameter")?;
    let agent = call.agent()?;
    call.print(token::delete(&agent, &token::named(&agent, &part)?)?);
    Ok(0)
}

fn list_tokens(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    call.print(token::listed(&call.agent()?, how)?);
    Ok(0)
}

fn clone_token(call: &Call<'_>) -> Result<u8, Failure> {
    let how = shown(call)?;
    let part = accessor(call, "Cannot update a token without specifying the -id parameter")?;
    let agent = call.agent()?;
    let id = token::named(&agent, &part)?;
    call.print(token::clone(&agent, &id, &typed(call, &DESCRIPTION), how)?);
    Ok(0)
}
