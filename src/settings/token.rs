//! The ACL token that is used: one order for every command.

use std::path::{Path, PathBuf};

use super::env;
use super::flag::{Flag, Grammar};
use super::given::Origin;
use super::options::Options;
use crate::finding::{Code, Finding};
use crate::secret::Secret;
use crate::system::read_file;

pub const TOKEN: Flag = Flag::secret("token", "TOKEN", "ACL token; prefer --token-file: argv is public")
    .variable(env::CONSUL_HTTP_TOKEN);

pub const TOKEN_FILE: Flag = Flag::text("token-file", "FILE", "File with the ACL token; overrides --token")
    .variable(env::CONSUL_HTTP_TOKEN_FILE);

/// Why there is no token although one is given.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token file cannot be read.
    #[error("{}cannot read the token file {}", Before(.origin.as_ref()), path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// The flag or variable that names it, where that is known.
        origin: Option<Origin>,
        /// Why.
        source: std::io::Error,
    },
    /// The token cannot go into an HTTP header.
    #[error("the ACL token from {origin} contains a control character, such as a line end in the middle")]
    TokenText {
        /// Flag, variable or file.
        origin: String,
    },
}

/// An origin before what is wrong with it.
struct Before<'a>(Option<&'a Origin>);

impl std::fmt::Display for Before<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |origin| write!(formatter, "{origin}: "))
    }
}

/// A token and the file that it is from, each if there is one.
pub type TokenInForce = (Option<Secret>, Option<PathBuf>);

/// The token that is used and the file that it is from: of `--token-file`, `--token`, `CONSUL_HTTP_TOKEN_FILE` and
/// `CONSUL_HTTP_TOKEN`, the first that has one.
///
/// Consul: the same, but `CONSUL_HTTP_TOKEN_FILE` beats `-token` in 1.8.7, and beside `CONSUL_HTTP_TOKEN_FILE` `-token` beats
/// `-token-file` since 1.21 at the latest. An empty flag or file counts as not given.
pub fn in_force(options: &Options<'_>, warnings: &mut Vec<Finding>) -> Result<TokenInForce, Error> {
    let (token_flag, file_flag) = (options.spell(&TOKEN), options.spell(&TOKEN_FILE));
    let typed = |flag| options.typed(flag).filter(|text| !text.is_empty());
    if options.is_typed(&TOKEN) && typed(&TOKEN).is_none() {
        let message = format!("{token_flag} is empty and counts as not given");
        warnings.push(Finding::new(Code::EmptySetting, &token_flag, message));
    }
    let mut from_file = |path: &str, origin| -> Result<Option<TokenInForce>, Error> {
        let path = PathBuf::from(path);
        let token = read_file_of(&path, origin)?;
        if token.is_none() {
            let message = format!("the token file {} is empty and counts as not given", path.display());
            warnings.push(Finding::new(Code::EmptySetting, path.display().to_string(), message));
        }
        Ok(token.map(|token| (Some(token), Some(path))))
    };
    if let Some(path) = typed(&TOKEN_FILE)
        && let Some(found) = from_file(path, Some(Origin::Flag(file_flag.clone())))?
    {
        if typed(&TOKEN).is_some() {
            let message = format!("{token_flag} has no effect beside {file_flag}");
            warnings.push(Finding::new(Code::FlagWithoutEffect, &token_flag, message));
        }
        return Ok(found);
    }
    if let Some(token) = typed(&TOKEN) {
        return Ok((Some(given(token, &Origin::Flag(token_flag), options.grammar())?), None));
    }
    if let Some(path) = options.env().get(env::CONSUL_HTTP_TOKEN_FILE)
        && let Some(found) = from_file(&path, Some(Origin::Variable(env::CONSUL_HTTP_TOKEN_FILE)))?
    {
        return Ok(found);
    }
    match options.env().get(env::CONSUL_HTTP_TOKEN) {
        Some(token) => {
            let origin = Origin::Variable(env::CONSUL_HTTP_TOKEN);
            Ok((Some(given(&token, &origin, options.grammar())?), None))
        }
        None => Ok((None, None)),
    }
}

/// A token of a flag or variable. Consul sends a line end at the end along, which its HTTP client refuses; the modern
/// commands drop it, as from a file.
fn given(text: &str, origin: &Origin, grammar: Grammar) -> Result<Secret, Error> {
    if grammar == Grammar::Consul && text.chars().any(char::is_control) {
        return Err(Error::TokenText { origin: origin.to_string() });
    }
    checked(text, &origin.to_string())
}

/// Reads an ACL token from a file; outer white space does not count, an empty file means no token.
pub fn read_token_file(path: &Path) -> Result<Option<Secret>, Error> {
    read_file_of(path, None)
}

/// The token of a service definition, which counts where no flag or variable gives one; an empty one means none.
pub fn of_definition(token: &Secret) -> Result<Option<Secret>, Error> {
    let token = checked(token.expose(), "the service definition")?;
    Ok(if token.is_empty() { None } else { Some(token) })
}

fn read_file_of(path: &Path, origin: Option<Origin>) -> Result<Option<Secret>, Error> {
    let text = read_file::named_in_time(path, read_file::TOKEN)
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| std::io::ErrorKind::InvalidData.into()))
        .map_err(|source| Error::TokenFile { path: path.to_owned(), origin, source })?;
    let token = checked(&text, &path.display().to_string())?;
    Ok(if token.is_empty() { None } else { Some(token) })
}

/// The token without outer white space, if an HTTP header can carry it.
fn checked(text: &str, origin: &str) -> Result<Secret, Error> {
    let token = text.trim();
    if token.chars().any(char::is_control) {
        return Err(Error::TokenText { origin: origin.to_owned() });
    }
    Ok(Secret::new(token))
}
