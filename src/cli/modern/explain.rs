//! `termgate explain`.

use clap::Args;

use super::doctor::width;
use super::look::{self, LookArgs};
use super::options;
use crate::cli::Outcome;
use crate::cli::flags::Flags;
use crate::commands::block_on;
use crate::commands::explain::{self as command, Question};
use crate::error::{CommandError, Kind};
use crate::output::{Format, Printer};
use crate::settings::env::Env;
use crate::settings::intentions::{AskedRequest, AskedRequestGroup};
use crate::settings::requests;

/// Show the way of a request through the gateway, and where it ends
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The linked service
    #[arg(value_name = "SERVICE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    linked: String,
    /// The service that connects [default: any]
    #[arg(long, value_name = "SOURCE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    from: Option<String>,
    #[command(flatten)]
    request: Flags<AskedRequestGroup>,
    /// How to print the result
    #[arg(long, value_enum, default_value = "human")]
    output: Format,
    #[command(flatten)]
    look: LookArgs,
}

/// Runs the command.
pub fn run(args: ExplainArgs, env: &dyn Env, printer: Printer) -> Outcome {
    let ExplainArgs { linked, from, request, output, mut look } = args;
    let snapshot = look.snapshot.take();
    let typed = look.typed().with(request.typed());
    let options = options(&typed, env);
    let (settings, report) = look::settings(&options, snapshot, printer)?;
    let question = Question {
        service: linked,
        source: from,
        request: AskedRequest::of(&options).map_err(|error| CommandError::new(Kind::Usage, error))?,
        insecure_disable_path_normalization: requests::disables_normalisation(&options)?,
    };
    block_on(command::run(&settings, &question, (output, width(env)), &report))
}
