//! The request of `intentions check`.

use super::flag::{Flag, Group};
use super::given::Invalid;
use super::options::Options;
use super::requests::DISABLE_PATH_NORMALIZATION;

/// `--path`
pub const PATH: Flag = Flag::text("path", "PATH", "Path of the request, as the client spells it")
    .details("It is normalised first, as direct mode does.");

/// `--method`
pub const METHOD: Flag = Flag::text("method", "METHOD", "Method of the request").default("GET");

/// `--header`
pub const HEADER: Flag = Flag::repeated("header", "NAME:VALUE", "Header of the request; repeatable");

/// The request that intentions judge.
#[derive(Debug, Clone, Copy)]
pub struct AskedRequestGroup;

impl Group for AskedRequestGroup {
    const HEADING: &'static str = "Request";
    const FLAGS: &'static [Flag] = &[PATH, METHOD, HEADER, DISABLE_PATH_NORMALIZATION];
}

/// A request, as far as intentions see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRequest {
    /// `GET`, …
    pub method: String,
    /// The path as the client spells it.
    pub path: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
}

impl AskedRequest {
    /// The request that the flags describe; `None` if there is none of them.
    pub fn of(options: &Options<'_>) -> Result<Option<Self>, Invalid> {
        let path = options.parsed(&PATH, |text| match text {
            _ if text.starts_with('/') => Ok(text.to_owned()),
            _ => Err(format!("`{text}` does not begin with `/`")),
        })?;
        let method = options.parsed(&METHOD, |text| {
            let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            if is_token { Ok(text.to_owned()) } else { Err(format!("`{text}` is not a method")) }
        })?;
        let mut headers = Vec::new();
        for text in options.all(&HEADER) {
            let header = text.split_once(':').filter(|(name, _)| !name.trim().is_empty());
            let Some((name, value)) = header else {
                let reason = format!("`{text}` is not of the form NAME:VALUE");
                return Err(Invalid { origin: super::given::Origin::Flag(options.spell(&HEADER)), reason });
            };
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        if path.is_none() && method.is_none() && headers.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            method: method.map_or_else(|| "GET".to_owned(), |given| given.value),
            path: path.map_or_else(|| "/".to_owned(), |given| given.value),
            headers,
        }))
    }
}
