//! The command line of `validate`.

use super::companion::{Call, Companion};
use crate::commands::companion::Failure;
use crate::commands::validate;
use crate::settings::flag::Flag;

const QUIET: Flag = Flag::switch("quiet", "Print nothing if the files are valid");
const CONFIG_FORMAT: Flag = Flag::text("config-format", "FORMAT", "hcl or json, whatever the files' names");

/// The commands.
pub const COMMANDS: &[Companion] = &[Companion {
    path: &["validate"],
    about: "Check an agent's service and entry files, as `consul validate`",
    usage: "termgate validate [flags] FILE_OR_DIRECTORY...",
    summary: "Checks the services and the configuration entries in files of an agent's configuration. Other settings are not checked: where there are any, it fails and names them.",
    flags: &[QUIET, CONFIG_FORMAT],
    examples: &["termgate validate /etc/consul.d/billing.hcl"],
    run,
}];

fn run(call: &Call<'_>) -> Result<u8, Failure> {
    if call.words().is_empty() {
        return Err(call.wrong_usage("Must specify at least one config file or directory"));
    }
    let format = call.typed(&CONFIG_FORMAT).unwrap_or_default();
    if !matches!(format, "" | "hcl" | "json") {
        let message = "-config-format must be either 'hcl' or 'json'";
        return Err(Failure::new(format!("Config validation failed: {message}")));
    }
    validate::run(call.words(), format, &|line| call.report().printer().stderr(line))?;
    if !call.is_on(&QUIET) {
        call.print("Configuration is valid!\n");
    }
    Ok(0)
}
