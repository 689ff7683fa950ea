//! `termgate completions` and `termgate man`: generated from the grammar, like the files in the repository.

use std::io;
use std::path::Path;

use clap_complete::Shell;

use crate::error::{CommandError, Kind};
use crate::system::write_file::{self, Access};

/// The completions of a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut super::documented(), "termgate", &mut text);
    one_dash(&text)
}

/// The man page of termgate itself.
pub fn man_page() -> Result<Vec<u8>, CommandError> {
    page_of(super::documented())
        .map_err(|error| CommandError::new(Kind::Failed, error).context("cannot write the man page"))
}

/// Writes a page for termgate and for each of its commands.
pub fn man_pages(directory: &Path) -> Result<(), CommandError> {
    std::fs::create_dir_all(directory).map_err(|error| CommandError::writing(directory, error))?;
    let mut command = super::documented().disable_help_subcommand(true);
    command.build();
    man_pages_of(&command, directory)
}

fn man_pages_of(command: &clap::Command, directory: &Path) -> Result<(), CommandError> {
    for command in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        man_pages_of(command, directory)?;
    }
    let path = directory.join(clap_mangen::Man::new(command.clone()).get_filename());
    page_of(command.clone())
        .and_then(|text| write_file::write(&path, &text, Access::Kept))
        .map_err(|error| CommandError::writing(&path, error))
}

fn page_of(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(one_dash(&text))
}

fn one_dash(text: &[u8]) -> Vec<u8> {
    super::one_dash(&String::from_utf8_lossy(text)).into_bytes()
}
