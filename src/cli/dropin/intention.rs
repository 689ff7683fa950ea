//! The command lines of `intention create`, `delete`, `check`, `get`, `match` and `list`.

use super::companion::{Call, Companion};
use crate::commands::companion::Failure;
use crate::commands::intention::{self, Ends};
use crate::settings::flag::Flag;
use crate::settings::login;

const ALLOW: Flag = Flag::switch("allow", "Allow the connection [default]");
const DENY: Flag = Flag::switch("deny", "Deny the connection");
const FILE: Flag = Flag::switch("file", "The words are files, each with an intention in JSON");
const REPLACE: Flag = Flag::switch("replace", "Replace an intention with the same source and destination");
const META: Flag = Flag::repeated("meta", "KEY=VALUE", "Note on the intention; can be repeated");
const SOURCE: Flag = Flag::switch("source", "Match intentions with this source");
const DESTINATION: Flag = Flag::switch("destination", "Match intentions with this destination [default]");

/// The commands.
pub const COMMANDS: &[Companion] = &[
    Companion {
        path: &["intention", "create"],
        about: "Create an intention, as `consul intention create`",
        usage: "termgate intention create [flags] SOURCE DESTINATION | -file FILE...",
        summary: "Allows or denies a source to reach a destination. `*` stands for all services.",
        flags: &[ALLOW, DENY, FILE, REPLACE, META],
        examples: &["termgate intention create web billing", "termgate intention create -deny '*' billing"],
        run: create,
    },
    Companion {
        path: &["intention", "delete"],
        about: "Delete an intention, as `consul intention delete`",
        usage: "termgate intention delete [flags] SOURCE DESTINATION | ID",
        summary: "Deletes the intention with this source and destination, or with this ID (before Consul 1.9).",
        flags: &[],
        examples: &["termgate intention delete web billing"],
        run: delete,
    },
    Companion {
        path: &["intention", "check"],
        about: "Ask whether a connection is allowed, as `consul intention check`",
        usage: "termgate intention check [flags] SOURCE DESTINATION",
        summary: "Prints Allowed and exits with 0, or Denied and exits with 1; 2 is a failure. Consul's answer does not look \
                  into permissions of requests: `termgate intentions check` does.",
        flags: &[],
        examples: &["termgate intention check web billing"],
        run: check,
    },
    Companion {
        path: &["intention", "get"],
        about: "Show an intention, as `consul intention get`",
        usage: "termgate intention get [flags] SOURCE DESTINATION | ID",
        summary: "Shows the intention with this source and destination, or with this ID (before Consul 1.9).",
        flags: &[],
        examples: &["termgate intention get web billing"],
        run: get,
    },
    Companion {
        path: &["intention", "match"],
        about: "List the intentions of a service, as `consul intention match`",
        usage: "termgate intention match [flags] SERVICE",
        summary: "Lists the intentions that match a destination or a source, the one that decides first.",
        flags: &[SOURCE, DESTINATION],
        examples: &["termgate intention match billing", "termgate intention match -source web"],
        run: matching,
    },
    Companion {
        path: &["intention", "list"],
        about: "List all intentions, as `consul intention list`",
        usage: "termgate intention list [flags]",
        summary: "Lists all intentions. Consul has this command since 1.9.",
        flags: &[],
        examples: &["termgate intention list"],
        run: list,
    },
];

fn create(call: &Call<'_>) -> Result<u8, Failure> {
    if call.is_on(&ALLOW) && call.is_on(&DENY) {
        return Err(call.wrong_usage("Only one of -allow or -deny may be specified."));
    }
    let meta = login::meta(call.all(&META)).map_err(|reason| call.wrong_usage(format!("-meta: {reason}")))?;
    let meta: Vec<(String, String)> = meta.into_iter().collect();
    let intentions = if call.is_on(&FILE) {
        call.words().iter().map(|path| intention::of_file(path)).collect::<Result<Vec<_>, _>>()?
    } else {
        let [source, destination] = call.words() else {
            return Err(call.wrong_usage("Error: Must specify two arguments: source and destination"));
        };
        vec![intention::of_words(Ends { source, destination }, call.is_on(&DENY), &meta)]
    };
    let agent = call.agent()?;
    for intention in &intentions {
        call.print(intention::create(&agent, intention, call.is_on(&REPLACE))?);
    }
    Ok(0)
}

fn delete(call: &Call<'_>) -> Result<u8, Failure> {
    call.print(intention::delete(&call.agent()?, call.words())?);
    Ok(0)
}

fn check(call: &Call<'_>) -> Result<u8, Failure> {
    checked(call).map_err(|failure| failure.code(2))
}

fn checked(call: &Call<'_>) -> Result<u8, Failure> {
    let [source, destination] = call.words() else {
        return Err(call.wrong_usage("Error: command requires exactly two arguments: src and dst"));
    };
    let is_allowed = intention::check(&call.agent()?, Ends { source, destination })?;
    call.print(if is_allowed { "Allowed\n" } else { "Denied\n" });
    Ok(u8::from(!is_allowed))
}

fn get(call: &Call<'_>) -> Result<u8, Failure> {
    call.print(intention::get(&call.agent()?, call.words())?);
    Ok(0)
}

fn matching(call: &Call<'_>) -> Result<u8, Failure> {
    let [name] = call.words() else {
        return Err(call.wrong_usage("Error: command requires exactly one argument: src or dst"));
    };
    if call.is_on(&SOURCE) && call.is_on(&DESTINATION) {
        return Err(call.wrong_usage("Error: only one of -source or -destination may be specified"));
    }
    call.print(intention::matching(&call.agent()?, name, call.is_on(&SOURCE))?);
    Ok(0)
}

fn list(call: &Call<'_>) -> Result<u8, Failure> {
    call.print(intention::listed(&call.agent()?)?);
    Ok(0)
}
