//! `termgate completions` and `termgate man`: generated from the grammar, like the files in the repository.

use std::path::Path;

use clap_complete::Shell;

use crate::cli;
use crate::error::{CommandError, Kind};

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
    std::fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(cli::grammar(), directory))
        .map_err(|error| {
            CommandError::new(Kind::Failed, error)
                .context(format!("writing man pages to {}", directory.display()))
        })
}
