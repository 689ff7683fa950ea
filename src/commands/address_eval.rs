//! `termgate address eval`: what an address template renders to, on this host or on recorded interfaces.

use std::path::{Path, PathBuf};

use crate::error::{CommandError, Kind};
use crate::finding::{Code, Finding};
use crate::gateway::address;
use crate::output::Reporter;
use crate::sockaddr::{self, Interfaces, RendersToNothing};
use crate::system::{self, read_file};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub template: String,
    /// A file of interfaces to use instead of this host's.
    pub interfaces: Option<PathBuf>,
}

/// Prints what the template renders to, and warns where it is not a gateway's address; nothing is an error.
pub fn run(settings: &Settings, report: &Reporter) -> Result<u8, CommandError> {
    let interfaces = match &settings.interfaces {
        Some(path) => load(path)?,
        None => system::interfaces::collect().map_err(|error| CommandError::new(Kind::Failed, error))?,
    };
    let rendered = evaluate(&settings.template, &interfaces)?;
    if let Err(unfit) = address::judge(&settings.template, &interfaces) {
        let finding = Finding::new(Code::UnfitAddress, &settings.template, unfit.to_string());
        report.report(finding.help(unfit.hints().join("; ")));
    }
    report.finish();
    report.stop_if_strict("nothing was printed")?;
    report.printer().data(rendered + "\n")?;
    Ok(0)
}

/// Renders the template over the given interfaces. Pure.
pub fn evaluate(template: &str, interfaces: &Interfaces) -> Result<String, CommandError> {
    let rendered = sockaddr::render(template, interfaces).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error)
            .context(format!("cannot render the template `{template}`"))
    })?;
    if rendered.trim().is_empty() {
        let nothing = RendersToNothing::new(template, interfaces);
        let hints = nothing.hints();
        return Err(hints
            .into_iter()
            .fold(CommandError::new(Kind::InvalidInput, nothing), CommandError::hint));
    }
    Ok(rendered)
}

fn load(path: &Path) -> Result<Interfaces, CommandError> {
    let text = read_file::named(path, read_file::ENTRY).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context(format!("cannot read {}", path.display()))
    })?;
    Interfaces::from_json(&text).map_err(|error| {
        CommandError::new(Kind::InvalidInput, error).context(format!("cannot read {}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_result_is_invalid_input() {
        let error = evaluate("{{ GetPrivateIP }}", &Interfaces::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput);
        assert!(
            error.hints().iter().any(|hint| hint == "this host has no interfaces"),
            "{:?}",
            error.hints()
        );
        assert_eq!(evaluate("10.9.0.2:8443", &Interfaces::default()).unwrap(), "10.9.0.2:8443");
    }

    #[test]
    fn a_bad_template_is_invalid_input_with_its_place() {
        let error = evaluate("{{ GetIP }}", &Interfaces::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidInput);
        assert!(error.to_string().contains("1:4: function \"GetIP\" not defined"), "{error}");
    }
}
