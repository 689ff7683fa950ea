//! How to get the ACL token by logging in, instead of having it given.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::consul::{TOKEN, TOKEN_FILE};
use super::env;
use super::flag::{Flag, Group};
use super::given::{Invalid, Origin};
use super::options::Options;
use crate::finding::{Code, Finding};

pub const METHOD: Flag =
    Flag::text("login-method", "NAME", "Get the ACL token by logging in with this auth method")
        .details(
            "termgate logs in at the start, again before the token expires and when the bearer token's file changes, and \
             logs out at the end. Only direct mode can do that. Not with --token or --token-file.",
        )
        .variable(env::TERMGATE_LOGIN_METHOD)
        .alias("auth-method");

pub const BEARER_TOKEN_FILE: Flag =
    Flag::text("bearer-token-file", "FILE", "File with the JWT for the log-in, such as a service account's")
        .details("It is read for each log-in, and looked at again and again.")
        .variable(env::TERMGATE_BEARER_TOKEN_FILE);

pub const META: Flag =
    Flag::repeated("login-meta", "KEY=VALUE", "Note on the token of the log-in; can be repeated");

/// How the token is got, and kept valid.
#[derive(Debug, Clone, Copy)]
pub struct LoginGroup;

impl Group for LoginGroup {
    const HEADING: &'static str = "Log-in";
    const FLAGS: &'static [Flag] = &[METHOD, BEARER_TOKEN_FILE, META];
}

/// How to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSettings {
    /// Name of the auth method.
    pub method: String,
    /// File with what the method verifies.
    pub bearer_token_file: PathBuf,
    /// Notes on the token.
    pub meta: BTreeMap<String, String>,
}

impl LoginSettings {
    /// Reads the flags; `None` if none of them is given. The findings name variables with a token, which have no effect.
    pub fn resolve(options: &Options<'_>) -> Result<Option<(Self, Vec<Finding>)>, Invalid> {
        let invalid = |origin, reason: String| Invalid { origin, reason };
        let (method, file) = (options.text(&METHOD), options.text(&BEARER_TOKEN_FILE));
        let meta =
            meta(options.all(&META)).map_err(|reason| invalid(Origin::Flag(options.spell(&META)), reason))?;
        let (method, file) = match (method, file) {
            (Some(method), Some(file)) => (method, file),
            (Some(method), None) => {
                let reason = format!("needs {}", options.name(&BEARER_TOKEN_FILE));
                return Err(invalid(method.origin, reason));
            }
            (None, Some(file)) => {
                return Err(invalid(file.origin, format!("needs {}", options.name(&METHOD))));
            }
            (None, None) if options.is_typed(&META) => {
                let origin = Origin::Flag(options.spell(&META));
                return Err(invalid(origin, format!("needs {}", options.name(&METHOD))));
            }
            (None, None) => return Ok(None),
        };
        for flag in [&TOKEN, &TOKEN_FILE] {
            if options.typed(flag).is_some_and(|text| !text.is_empty()) {
                let reason = format!("cannot be used with {}, which gets a token itself", method.origin);
                return Err(invalid(Origin::Flag(options.spell(flag)), reason));
            }
        }
        let variables = [env::CONSUL_HTTP_TOKEN, env::CONSUL_HTTP_TOKEN_FILE].into_iter();
        let findings = variables.filter(|name| options.env().get(name).is_some()).map(|name| {
            let message = format!("{name} has no effect beside {}", method.origin);
            Finding::new(Code::FlagWithoutEffect, name, message)
        });
        let findings = findings.collect();
        let (method, bearer_token_file) = (method.value, PathBuf::from(file.value));
        Ok(Some((Self { method, bearer_token_file, meta }, findings)))
    }
}

/// Reads `KEY=VALUE` pairs.
pub fn meta(pairs: &[String]) -> Result<BTreeMap<String, String>, String> {
    let read = |pair: &String| match pair.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(format!("`{pair}` is not KEY=VALUE")),
    };
    pairs.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::flag::Grammar;
    use crate::settings::options::Typed;

    fn resolve(typed: &Typed, env: &[(&str, &str)]) -> Result<Option<(LoginSettings, Vec<Finding>)>, String> {
        let env: BTreeMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let options = Options::new(Grammar::Modern, typed, &env);
        LoginSettings::resolve(&options).map_err(|error| error.to_string())
    }

    #[test]
    fn method_and_file_belong_together_wherever_they_come_from() {
        assert_eq!(resolve(&Typed::default(), &[]), Ok(None));
        let method = Typed::default().given(&METHOD, "k8s");
        let (settings, findings) =
            resolve(&method, &[("TERMGATE_BEARER_TOKEN_FILE", "/jwt")]).unwrap().unwrap();
        assert_eq!((settings.method.as_str(), findings.len()), ("k8s", 0));
        let error = resolve(&method, &[]).unwrap_err();
        assert_eq!(error, "--login-method: needs --bearer-token-file or TERMGATE_BEARER_TOKEN_FILE");
        let file = Typed::default().given(&BEARER_TOKEN_FILE, "/jwt");
        assert!(resolve(&file, &[]).unwrap_err().starts_with("--bearer-token-file: needs --login-method"));
        let meta = Typed::default().given(&META, "a=b");
        assert!(resolve(&meta, &[]).unwrap_err().starts_with("--login-meta: needs --login-method"));
    }

    #[test]
    fn a_token_beside_a_log_in_is_refused_and_one_in_a_variable_has_no_effect() {
        let login = Typed::default().given(&METHOD, "k8s").given(&BEARER_TOKEN_FILE, "/jwt");
        for flag in [&TOKEN, &TOKEN_FILE] {
            let error = resolve(&login.clone().given(flag, "x"), &[]).unwrap_err();
            assert!(error.contains("cannot be used with --login-method"), "{error}");
        }
        let (_, findings) = resolve(&login, &[("CONSUL_HTTP_TOKEN", "s3cret")]).unwrap().unwrap();
        assert_eq!(findings[0].message, "CONSUL_HTTP_TOKEN has no effect beside --login-method");
    }

    #[test]
    fn a_note_is_a_key_and_a_value() {
        let read = |pair: &str| meta(&[pair.to_owned()]);
        assert_eq!(read("pod=a=b"), Ok([("pod".to_owned(), "a=b".to_owned())].into()));
        assert!(read("pod").is_err() && read("=x").is_err());
    }
}
