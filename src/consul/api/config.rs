//! `/v1/config`: configuration entries, with check-and-set.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::path::Path;
use crate::consul::client::{Answer, Consul};
use crate::consul::error::{Error, Failure};
use crate::go::url;

/// Writes an entry.
pub fn write() -> Path {
    Path::fixed("/v1/config").repeatable()
}

/// All entries of a kind.
pub fn kind(kind: &str) -> Path {
    Path::named("/v1/config/", kind)
}

/// One entry.
pub fn entry(kind: &str, name: &str) -> Path {
    Path::named(&["/v1/config/", &url::segment(kind), "/"].concat(), name).repeatable()
}

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
    fn path(&self) -> Path {
        entry(self.kind, self.name)
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
        match self.send(Method::GET, &self::kind(kind), &[], None, None).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if is_unknown_kind(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One entry, found in the list of its kind; `None` if it is not there.
    ///
    /// Consul: the agent logs an error where [`Consul::config_entry`] finds none; what the token may not read is left out
    /// of the list.
    pub async fn listed_entry(&self, kind: &str, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(answer) = self.config_entries(kind).await? else { return Ok(None) };
        match entry_of(&answer.body, name) {
            Some(entry) => Ok(entry),
            None => self.decode("GET", &self::kind(kind), &answer.body).map(|_: Vec<Value>| None),
        }
    }

    /// One entry; `None` if there is none.
    pub async fn config_entry(&self, entry: EntryPath<'_>) -> Result<Option<Vec<u8>>, Error> {
        let scope: Vec<_> = entry.scope().collect();
        match self.send(Method::GET, &entry.path(), &scope, None, None).await {
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
        let answer = self.put(&write(), &[("cas", &index.to_string())], body).await?;
        self.verdict("PUT", &write(), &answer)
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

    fn verdict(&self, method: &str, path: &Path, answer: &Answer) -> Result<bool, Error> {
        let was_done: bool = self.decode(method, path, &answer.body)?;
        if !was_done && answer.was_resent {
            return Err(self.error(method, path.as_str(), Failure::Unclear));
        }
        Ok(was_done)
    }
}

fn is_unknown_kind(error: &Error) -> bool {
    matches!(&error.failure, Failure::Status { body, .. } if body.to_lowercase().contains("invalid config entry kind"))
}

/// The entry `name` of a list of entries, as JSON: `Some(None)` if the list does not have it, `None` if it is not a list.
///
/// Consul: names are found whatever their case, and stored as they were written. The mesh entry carries no name, and
/// there is one of it.
#[expect(clippy::option_option, reason = "the two kinds of nothing differ")]
pub fn entry_of(list: &[u8], name: &str) -> Option<Option<Vec<u8>>> {
    let list = parsed(list)?;
    let named = |is: &dyn Fn(&str) -> bool| list.iter().find(|(found, _)| is(found));
    let found = named(&|found| found == name)
        .or_else(|| named(&|found| found.to_lowercase() == name.to_lowercase()))
        .or_else(|| named(&str::is_empty).filter(|_| list.len() == 1));
    Some(found.map(|(_, entry)| entry.get().as_bytes().to_owned()))
}

/// The names in a list of entries.
pub fn names_of(list: &[u8]) -> Vec<String> {
    parsed(list).unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}

/// The entries of a list by name; one of another shape has none.
fn parsed(list: &[u8]) -> Option<Vec<(String, &RawValue)>> {
    #[derive(Default, Deserialize)]
    struct Named {
        #[serde(rename = "Name", default)]
        name: String,
    }

    let list: Option<Vec<&RawValue>> = serde_json::from_slice(list).ok()?;
    let named = |entry: &RawValue| serde_json::from_str::<Named>(entry.get()).unwrap_or_default().name;
    Some(list.unwrap_or_default().into_iter().map(|entry| (named(entry), entry)).collect())
}

#[cfg(test)]
mod tests {
    use super::{entry_of, names_of};

    #[test]
    fn an_entry_is_found_in_the_list_of_its_kind() {
        let list = br#"[{"Name": "GW", "Services": [1]}, {"Kind": "x"}, {"Name": "gw", "Services": []}]"#;
        let found = |name| entry_of(list, name).unwrap().map(|entry| String::from_utf8(entry).unwrap());
        assert_eq!(found("gw").unwrap(), r#"{"Name": "gw", "Services": []}"#);
        assert_eq!(found("Gw").unwrap(), r#"{"Name": "GW", "Services": [1]}"#);
        assert_eq!(found("other"), None);
        assert_eq!(names_of(list), ["GW", "", "gw"]);
        let mesh = br#"[{"Kind": "mesh", "HTTP": {}}]"#;
        assert_eq!(entry_of(mesh, "mesh").flatten().unwrap(), br#"{"Kind": "mesh", "HTTP": {}}"#);
        assert_eq!(entry_of(b"null", "gw"), Some(None));
        assert_eq!(entry_of(br#"{"Name": "gw"}"#, "gw"), None);
    }
}
