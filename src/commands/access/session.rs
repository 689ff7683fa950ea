//! `login` and `logout`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use crate::commands::companion::{Agent, Chain, Failure, Request, file_error};
use crate::consul::api;
use crate::consul::api::acl::LogIn;
use crate::secret::Secret;
use crate::system::read_file;
use crate::system::write_file::{self, Access};

/// Exchanges what is in the file `bearer` for a token, which goes into the file `sink`.
pub fn log_in(
    agent: &Agent,
    method: &str,
    bearer: &str,
    sink: &str,
    meta: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let text = read_file::named(Path::new(bearer), read_file::TOKEN)
        .map_err(|error| Failure::new(file_error(bearer, &error)))?;
    let text = String::from_utf8(text).map_err(|_| Failure::new(format!("{bearer} is not UTF-8")))?;
    let token = Secret::new(text.trim());
    if token.is_empty() {
        return Err(Failure::new(format!("No bearer token found in {bearer}")));
    }
    let request = LogIn { auth_method: method, bearer_token: &token, meta };
    let made = agent.wait(agent.consul().log_in(&request));
    let made = made.map_err(|error| {
        let failure = Failure::new(format!("Error logging in: {}", Chain(&error)));
        if error.is_unknown_token() {
            return failure.hint(format!("Consul has no auth method `{method}`, or does not know it yet"));
        }
        failure.hint(format!("check the auth method `{method}`, its binding rules and the bearer token"))
    })?;
    write_file::write(Path::new(sink), made.secret.expose().as_bytes(), Access::Private).map_err(|error| {
        // Nobody would ever learn the token.
        let client = agent.consul().with_token(Some(made.secret.clone()));
        let logged_out = client.map(|client| agent.wait(client.log_out()));
        let rest = if matches!(logged_out, Ok(Ok(()))) { "; the token is logged out again" } else { "" };
        Failure::new(format!("Error writing token to file sink: open {sink}: {error}{rest}"))
    })
}

/// Destroys the token of the request.
pub fn log_out(agent: &Agent) -> Result<(), Failure> {
    let request = Request::new(reqwest::Method::POST, api::acl::logout(), "Error destroying token");
    agent.ask(Request { body: Some(json!({}).to_string().into_bytes()), ..request }).map(drop)
}
