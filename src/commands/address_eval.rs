//! `termgate address eval`: what an address template renders to, on this host or on recorded interfaces.

use std::path::{Path, PathBuf};

use crate::error::{CommandError, Kind};
use crate::sockaddr::{self, Interfaces, RendersToNothing};
use crate::system::{self, read_file};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The template.
    pub template: String,
    /// A file of interfaces to use instead of this host's.
    pub interfaces: Option<PathBuf>,
}

/// Renders the template; a template that renders to nothing is an error.
pub fn run(settings: &Settings) -> Result<String, CommandError> {
    let interfaces = match &settings.interfaces {
        Some(path) => load(path)?,
        None => system::interfaces::collect().map_err(|error| CommandError::new(Kind::Failed, error))?,
    };
    evaluate(&settings.template, &interfaces)
}

/// Renders the template over the given interfaces. Pure.
pub fn evaluate(template: &str, interfaces: &Interfaces) -> Result<String, CommandError> {
    let rendered = sockaddr::render(template, interfaces).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error)
            .context(format!("the template `{template}` cannot be rendered"))
    })?;
    if rendered.trim().is_empty() {
        return Err(CommandError::new(Kind::InvalidInput, RendersToNothing::new(template, interfaces)));
    }
    Ok(rendered)
}

fn load(path: &Path) -> Result<Interfaces, CommandError> {
    let text = read_file::named(path, read_file::ENTRY).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context(format!("reading {}", path.display()))
    })?;
    Interfaces::from_json(&text).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context(format!("reading {}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_result_is_invalid_input() {
        let error = evaluate("{{ GetPrivateIP }}", &Interfaces::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput);
        assert!(error.to_string().contains("this host has no interfaces"), "{error}");
        assert_eq!(evaluate("10.9.0.2:8443", &Interfaces::default()).unwrap(), "10.9.0.2:8443");
    }

    #[test]
    fn a_bad_template_is_invalid_input_with_its_place() {
        let error = evaluate("{{ GetIP }}", &Interfaces::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput);
        assert!(error.to_string().contains("1:4: function \"GetIP\" not defined"), "{error}");
    }
}
