//! Which part of the crate may use which: `cli → settings → edges → pure core`, and never upwards. No files use each other
//! in a circle.

use std::collections::{BTreeMap, BTreeSet};
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
            "collect", "compat", "consul", "doctor", "egress", "envoy", "explain", "error", "finding",
            "graph", "http", "monitor", "output", "serve", "settings", "status", "system", "upstream",
        ],
        &["cli", "commands"],
    ),
    // The core has no files, sockets, clocks or environment.
    (
        &[
            "address_guard",
            "agent_keys",
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
fn no_part_uses_a_part_above_it() {
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
fn no_files_use_each_other_in_a_circle() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let texts: BTreeMap<Vec<String>, String> = files_of(&source, "")
        .into_iter()
        .map(|file| (module(file.strip_prefix(&source).unwrap()), fs::read_to_string(&file).unwrap()))
        .collect();
    let modules: BTreeSet<&[String]> = texts.keys().map(Vec::as_slice).collect();
    let mut arrows: BTreeMap<&[String], BTreeSet<&[String]>> =
        texts.iter().map(|(module, text)| (module.as_slice(), uses(module, text, &modules))).collect();
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 500, "the uses are not found");
    // What uses nothing is in no circle, nor is what uses only that.
    loop {
        let free: Vec<&[String]> =
            arrows.iter().filter(|(_, used)| used.is_empty()).map(|(module, _)| *module).collect();
        if free.is_empty() {
            break;
        }
        arrows.retain(|module, _| !free.contains(module));
        for used in arrows.values_mut() {
            used.retain(|module| !free.contains(module));
        }
    }
    assert!(arrows.is_empty(), "these use each other in a circle, or what does: {:?}", arrows.keys());
}

#[test]
fn the_files_that_a_file_uses_are_found() {
    let names = ["a", "a::b", "a::b::c", "a::d", "e"];
    let names = names.map(|name| name.split("::").map(str::to_owned).collect::<Vec<_>>());
    let modules = names.iter().map(Vec::as_slice).collect();
    let text = "use super::{Own, d::{X, Y}};\nuse crate::{e, a::b::c::Z as W};\nfn f() { super::super::e::f() }\n\
                // crate::a\n#[cfg(test)]\nmod tests {\n    use crate::a::b;\n}\n";
    let found = |module: &[String]| {
        uses(module, text, &modules).into_iter().map(|used| used.join("::")).collect::<Vec<_>>()
    };
    // What is in its own folder's file is not counted.
    assert_eq!(found(&names[1]), ["a::b::c", "a::d", "e"]);
}

/// The module that a file below `src` is: that of `a/mod.rs` is `a`, that of `lib.rs` has no name.
fn module(file: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        file.with_extension("").iter().map(|name| name.to_string_lossy().into_owned()).collect();
    names.pop_if(|last| ["lib", "main", "mod"].contains(&last.as_str()));
    names
}

/// The modules that a file names, its tests left out. Those above it are left out, too: `a/b.rs` may use what `a/mod.rs`
/// defines, which declares it.
fn uses<'a>(module: &[String], text: &str, modules: &BTreeSet<&'a [String]>) -> BTreeSet<&'a [String]> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let mut paths = Vec::new();
    for start in ["crate::", "super::"] {
        for (place, _) in code.match_indices(start) {
            let before = code[..place].chars().next_back();
            if !before.is_some_and(|before| before.is_alphanumeric() || "_:".contains(before)) {
                spread(&code[place..], &[], &mut paths);
            }
        }
    }
    let used = paths.into_iter().filter_map(|path| {
        let (mut at, mut names) = (module, path.as_slice());
        while let ["super", rest @ ..] = names {
            (at, names) = (at.split_last().map_or(at, |(_, above)| above), rest);
        }
        let mut wanted = at.to_vec();
        if let ["crate", rest @ ..] = names {
            (wanted, names) = (Vec::new(), rest);
        }
        wanted.extend(names.iter().map(|name| (*name).to_owned()));
        // The longest beginning that is a file; what follows is defined in it.
        (1..=wanted.len()).rev().find_map(|length| modules.get(&wanted[..length]).copied())
    });
    used.filter(|used| !module.starts_with(used)).collect()
}

/// The paths of a tree such as `a::{b, c::{d, e}}`, and what follows it.
fn spread<'a>(text: &'a str, above: &[&'a str], paths: &mut Vec<Vec<&'a str>>) -> &'a str {
    let (mut path, mut rest) = (above.to_vec(), text);
    loop {
        let end = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        if !name.is_empty() {
            path.push(name);
        }
        let Some(next) = after.strip_prefix("::") else {
            paths.push(path);
            return after;
        };
        let Some(mut group) = next.strip_prefix('{') else {
            rest = next;
            continue;
        };
        loop {
            group = spread(group.trim_start(), &path, paths);
            // What stands between is another name for it.
            let Some(end) = group.find([',', '}']) else { return "" };
            let ended = group[end..].starts_with('}');
            group = &group[end + 1..];
            if ended {
                return group;
            }
        }
    }
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
