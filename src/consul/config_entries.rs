//! Configuration entries over the HTTP API, with check-and-set.

use super::client::{Answer, Consul, encode_path_segment};
use super::error::{Error, Failure};

/// Where an entry is: its kind, name and Enterprise scope (empty where there is none).
#[derive(Debug, Clone, Copy)]
pub struct EntryPath<'a> {
    /// Kind.
    pub kind: &'a str,
    /// Name.
    pub name: &'a str,
    /// Namespace; empty for that of the client's settings.
    pub namespace: &'a str,
    /// Admin partition; empty for that of the client's settings.
    pub partition: &'a str,
}

impl EntryPath<'_> {
    fn path(&self) -> String {
        format!("/v1/config/{}/{}", encode_path_segment(self.kind), encode_path_segment(self.name))
    }

    fn scope(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("ns", self.namespace), ("partition", self.partition)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
    }
}

impl Consul {
    /// All entries of a kind that the token may read; `None` if these servers don't know the kind.
    ///
    /// Consul: what the token may not read is left out without a word.
    pub async fn config_entries(&self, kind: &str) -> Result<Option<Answer>, Error> {
        let path = format!("/v1/config/{}", encode_path_segment(kind));
        match self.send(reqwest::Method::GET, &path, &[], None, None).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if is_unknown_kind(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One entry; `None` if there is none.
    pub async fn config_entry(&self, entry: EntryPath<'_>) -> Result<Option<Vec<u8>>, Error> {
        let scope: Vec<_> = entry.scope().collect();
        match self.send(reqwest::Method::GET, &entry.path(), &scope, None, None).await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(error) if error.is_not_found() || is_unknown_kind(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes an entry if its index is still this one (0: if it does not exist); whether it was.
    ///
    /// The request may be sent twice ([`Consul::exchange`]). If the second one comes too late, the first one may have
    /// been carried out: that is [`Failure::Unclear`], not a conflict.
    pub async fn put_config_entry(&self, body: Vec<u8>, index: u64) -> Result<bool, Error> {
        let answer = self.put("/v1/config", &[("cas", &index.to_string())], body).await?;
        self.verdict("PUT", "/v1/config", &answer)
    }

    /// Deletes an entry if its index is still this one; whether it was.
    ///
    /// Servers before 1.11 do not look at the index.
    pub async fn delete_config_entry(&self, entry: EntryPath<'_>, index: u64) -> Result<bool, Error> {
        let index = index.to_string();
        let query: Vec<_> = [("cas", index.as_str())].into_iter().chain(entry.scope()).collect();
        let path = entry.path();
        let answer = self.delete(&path, &query).await?;
        // Before 1.11: an empty object whatever happened.
        if answer.body.trim_ascii() == b"{}" {
            return Ok(true);
        }
        self.verdict("DELETE", &path, &answer)
    }

    fn verdict(&self, method: &str, path: &str, answer: &Answer) -> Result<bool, Error> {
        let was_done: bool = self.decode(method, path, &answer.body)?;
        if !was_done && answer.was_resent {
            return Err(self.error(method, path, Failure::Unclear));
        }
        Ok(was_done)
    }
}

fn is_unknown_kind(error: &Error) -> bool {
    matches!(&error.failure, Failure::Status { body, .. } if body.to_lowercase().contains("invalid config entry kind"))
}
