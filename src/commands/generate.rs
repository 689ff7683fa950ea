//! `termgate completions` and `termgate man`: generated from the grammar, like the files in the repository.

use std::path::Path;

use clap_complete::Shell;

use crate::cli;
use crate::error::{CommandError, Kind};
use crate::system::write_file::{self, Access};

/// The completions of a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut cli::grammar(), "termgate", &mut text);
    text
}

/// The man page of termgate itself.
pub fn man_page() -> Result<Vec<u8>, CommandError> {
    let mut text = Vec::new();
    clap_mangen::Man::new(cli::grammar())
        .render(&mut text)
        .map_err(|error| CommandError::new(Kind::Failed, error).context("writing the man page"))?;
    Ok(text)
}

/// Writes a page for termgate and for each of its commands.
pub fn man_pages(directory: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(directory).map_err(|error| CommandError::writing(directory, error))?;
    let mut command = cli::grammar().disable_help_subcommand(true);
    command.build();
    man_pages_of(&command, directory)
}

fn man_pages_of(command: &clap::Command, directory: &Path) -> Result<(), CommandError> {
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        man_pages_of(command, directory)?;
    }
    let page = clap_mangen::Man::new(command.clone());
    let path = directory.join(page.get_filename());
    let mut text = Vec::new();
    page.render(&mut text)
        .and_then(|()| write_file::write(&path, &text, Access::Kept))
        .map_err(|error| CommandError::writing(&path, error))
}
