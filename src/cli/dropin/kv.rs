//! The command lines of `kv get`, `kv put` and `kv delete`.

use super::companion::{Call, Companion};
use crate::commands::companion::Failure;
use crate::commands::kv::{self, Delete, Put, Shown, Write};
use crate::go::base64;
use crate::settings::flag::Flag;

const BASE64: Flag = Flag::switch("base64", "Print values in base64");
const DETAILED: Flag = Flag::switch("detailed", "Print indexes, flags and session too");
const KEYS: Flag = Flag::switch("keys", "List keys that begin with the prefix, without values");
const RECURSE: Flag = Flag::switch("recurse", "Print all keys that begin with the prefix, with values");
const SEPARATOR: Flag =
    Flag::text("separator", "TEXT", "With --keys: list keys up to this text only").default("/");

const ACQUIRE: Flag = Flag::switch("acquire", "Take the key's lock; needs --session");
const RELEASE: Flag = Flag::switch("release", "Give the key's lock back; needs --session");
const SESSION: Flag = Flag::text("session", "ID", "Session that holds the key's lock");
const DECODE: Flag = Flag::switch("base64", "Decode the value from base64");
const FLAGS: Flag = Flag::unsigned("flags", "NUMBER", "Number to store beside the value");
const CAS: Flag = Flag::switch("cas", "Change the key only if its ModifyIndex is still --modify-index");
const MODIFY_INDEX: Flag = Flag::unsigned("modify-index", "INDEX", "The ModifyIndex that --cas expects");
const DELETE_RECURSE: Flag = Flag::switch("recurse", "Delete all keys that begin with this one");

/// The commands.
pub const COMMANDS: &[Companion] = &[
    Companion {
        path: &["kv", "get"],
        about: "Print a key's value, as `consul kv get`",
        usage: "termgate kv get [flags] KEY",
        summary: "Prints the value of a key, or the keys that begin with a prefix (-recurse, -keys).",
        flags: &[BASE64, DETAILED, KEYS, RECURSE, SEPARATOR],
        examples: &["termgate kv get gateway/address", "termgate kv get -recurse gateway/"],
        run: get,
    },
    Companion {
        path: &["kv", "put"],
        about: "Write a key's value, as `consul kv put`",
        usage: "termgate kv put [flags] KEY [VALUE|-|@FILE]",
        summary: "Writes a value: the word, standard input (-) or a file (@FILE).",
        flags: &[ACQUIRE, DECODE, CAS, FLAGS, MODIFY_INDEX, RELEASE, SESSION],
        examples: &["termgate kv put gateway/address 10.0.0.5:8443", "termgate kv put gateway/ca @ca.pem"],
        run: put,
    },
    Companion {
        path: &["kv", "delete"],
        about: "Delete a key, as `consul kv delete`",
        usage: "termgate kv delete [flags] KEY",
        summary: "Deletes a key, or all keys that begin with a prefix (-recurse).",
        flags: &[CAS, MODIFY_INDEX, DELETE_RECURSE],
        examples: &["termgate kv delete gateway/address", "termgate kv delete -recurse gateway/"],
        run: delete,
    },
];

/// The key without a slash in front, which is none of it.
fn key<'a>(call: &Call<'a>, most: usize, expected: &str) -> Result<&'a str, Failure> {
    match call.words() {
        [] => Err(call.wrong_usage("Error! Missing KEY argument")),
        words if words.len() > most => {
            let message = format!("Too many arguments (expected {expected}, got {})", words.len());
            Err(call.wrong_usage(message))
        }
        [key, ..] => Ok(key),
    }
}

/// A key to read or delete: empty only where it is a prefix.
fn bare<'a>(call: &Call<'a>, may_be_empty: bool) -> Result<&'a str, Failure> {
    let key = match call.words() {
        [] if may_be_empty => "",
        _ => self::key(call, 1, "1")?,
    };
    let key = key.strip_prefix('/').unwrap_or(key);
    if key.is_empty() && !may_be_empty {
        return Err(call.wrong_usage("Error! Missing KEY argument"));
    }
    Ok(key)
}

fn get(call: &Call<'_>) -> Result<u8, Failure> {
    let shown = Shown { detailed: call.is_on(&DETAILED), base64: call.is_on(&BASE64) };
    let (keys, recurse) = (call.is_on(&KEYS), call.is_on(&RECURSE));
    let key = bare(call, keys || recurse)?;
    let agent = call.agent()?;
    if keys {
        call.print(kv::keys(&agent, key, call.typed(&SEPARATOR).unwrap_or("/"))?);
    } else if recurse {
        call.print(kv::list(&agent, key, shown)?);
    } else {
        call.print(kv::get(&agent, key, shown)?);
    }
    Ok(0)
}

fn put(call: &Call<'_>) -> Result<u8, Failure> {
    let key = key(call, 2, "1 or 2")?;
    let (cas, index, session) =
        (call.is_on(&CAS), call.unsigned(&MODIFY_INDEX), call.typed(&SESSION).unwrap_or_default());
    let (acquire, release) = (call.is_on(&ACQUIRE), call.is_on(&RELEASE));
    if cas && index == 0 {
        return Err(call.wrong_usage("Must specify -modify-index with -cas!"));
    }
    if (acquire || release) && session.is_empty() {
        return Err(call.wrong_usage("Error! Missing -session (required with -acquire and -release)"));
    }
    let mut value = call.words().get(1).map(|word| kv::given(word)).transpose()?.unwrap_or_default();
    if call.is_on(&DECODE) {
        let (decoded, fault) = base64::decode(&String::from_utf8_lossy(&value));
        if let Some(place) = fault {
            let message =
                format!("Error! Cannot base 64 decode data: illegal base64 data at input byte {place}");
            call.report().printer().stderr(message);
            call.report().printer().hint("as Consul does, this writes what comes before that byte");
        }
        value = decoded;
    }
    let how = match () {
        () if cas => Write::Cas(index),
        () if acquire => Write::Acquire,
        () if release => Write::Release,
        () => Write::Plain,
    };
    let put = Put { key, value, flags: call.unsigned(&FLAGS), session, how };
    call.print(kv::put(&call.agent()?, put)?);
    Ok(0)
}

fn delete(call: &Call<'_>) -> Result<u8, Failure> {
    let recurse = call.is_on(&DELETE_RECURSE);
    let key = bare(call, recurse)?;
    let (cas, index) = (call.is_on(&CAS), call.unsigned(&MODIFY_INDEX));
    let how = match (recurse, cas, index) {
        (true, true, _) => return Err(call.wrong_usage("Cannot specify both -cas and -recurse!")),
        (false, true, 0) => return Err(call.wrong_usage("Must specify -modify-index with -cas!")),
        (_, false, 1..) => return Err(call.wrong_usage("Cannot specify -modify-index without -cas!")),
        (true, false, _) => Delete::Prefix,
        (false, true, index) => Delete::Cas(index),
        (false, false, _) => Delete::One,
    };
    call.print(kv::delete(&call.agent()?, key, how)?);
    Ok(0)
}
