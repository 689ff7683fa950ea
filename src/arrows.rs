//! Which part of the crate may use which: `cli → settings → edges → pure core`, and never upwards.

use std::fs;
use std::path::{Path, PathBuf};

/// Parts of the crate, and what they must not use.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    // The edges to Consul and to this host know nothing of what is made of their answers.
    (
        &["consul", "system"],
        &["cli", "commands", "collect", "config_entry", "gateway", "monitor", "render", "serve"],
    ),
    // What a command line looks like matters only to those who read it.
    (
        &[
            "collect", "compat", "consul", "envoy", "error", "finding", "http", "monitor", "output", "serve",
            "settings", "system", "upstream",
        ],
        &["cli", "commands"],
    ),
    // The core has no files, sockets, clocks or environment.
    (
        &[
            "address_guard",
            "bootstrap",
            "boringssl",
            "config_entry",
            "consul_version",
            "envoy_api",
            "excerpt",
            "gateway",
            "go",
            "gotemplate",
            "hcl",
            "intentions",
            "names",
            "nearest",
            "proxy_config",
            "render",
            "rights",
            "snapshot",
            "sockaddr",
            "tls_files",
            "visible",
        ],
        &["cli", "collect", "commands", "consul", "monitor", "output", "serve", "settings", "system"],
    ),
];

#[test]
fn no_part_uses_what_is_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (parts, forbidden) in FORBIDDEN {
        for part in *parts {
            let files = files_of(&source, part);
            assert!(!files.is_empty(), "src/{part} is gone: correct this list");
            for file in files {
                let text = fs::read_to_string(&file).unwrap();
                let used: Vec<&str> = used(&text).filter(|used| forbidden.contains(used)).collect();
                assert_eq!(used, [""; 0], "{} must not use this", file.display());
            }
        }
    }
}

#[test]
fn a_use_is_found_in_code_and_not_in_comments_and_tests() {
    let text = "//! crate::a\nuse crate::b::{C, D};\n#[cfg(test)]\nmod cases;\nfn f(x: &crate::e::F) {}\n\
                /// [`crate::g`]\n#[cfg(test)]\nmod tests {\n    use crate::h;\n}\n";
    assert_eq!(used(text).collect::<Vec<_>>(), ["b", "e"]);
}

/// The file of a part, or all files in its folder.
fn files_of(source: &Path, part: &str) -> Vec<PathBuf> {
    let mut files = Vec::from_iter(Some(source.join(part).with_extension("rs")).filter(|file| file.exists()));
    let mut folders = vec![source.join(part)];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).into_iter().flatten() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The parts of the crate that a file names, its tests left out: they may join what the code keeps apart.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.split("crate::").skip(1)).map(|rest| {
        let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
        rest.split_at(end.unwrap_or(rest.len())).0
    })
}

#[test]
fn every_path_in_the_architecture_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    // Every second part stands between backticks.
    let quoted = text.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| {
        ["src/", "tests/", "docs/", "man/", "completions/", "README.md", "CONTRIBUTING.md"]
            .iter()
            .any(|start| word.starts_with(start))
    };
    let paths: Vec<&str> = quoted.filter(is_path).collect();
    assert!(paths.len() > 50, "{} paths are found", paths.len());
    let gone: Vec<&&str> = paths.iter().filter(|path| !root.join(path).exists()).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md names what is gone: {gone:?}");
}
