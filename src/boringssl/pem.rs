//! PEM as BoringSSL reads it, which is stricter than most readers: a block that cannot be read ends the file.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `CERTIFICATE` of `-----BEGIN CERTIFICATE-----`.
    pub label: String,
    /// The lines between BEGIN and an empty line, if there is one.
    pub header: String,
    /// What the base64 stands for.
    pub content: Vec<u8>,
    /// The line of BEGIN, from 1.
    pub line: usize,
}

/// Why a block cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// The blocks of a text. The first that cannot be read is the last that is given.
pub fn blocks(text: &str) -> impl Iterator<Item = Result<Block, Fault>> {
    let mut lines = text.split('\n').map(|line| line.trim_end_matches(|c: char| c <= ' ')).enumerate();
    let mut is_over = false;
    std::iter::from_fn(move || {
        if is_over {
            return None;
        }
        let (start, label) = lines.find_map(|(index, line)| Some((index + 1, begin(line)?)))?;
        let block = read(start, label, &mut lines);
        is_over = block.is_err();
        Some(block)
    })
}

fn begin(line: &str) -> Option<&str> {
    line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")
}

/// Reads what stands behind the BEGIN in line `start`.
fn read<'a>(
    start: usize,
    label: &str,
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
) -> Result<Block, Fault> {
    let (mut header, mut body, mut has_header) = (String::new(), String::new(), false);
    for (index, line) in lines.by_ref() {
        let number = index + 1;
        if let Some(end) = line.strip_prefix("-----END ") {
            if end.strip_suffix("-----") != Some(label) {
                return Err(Fault { line: number, reason: wrong_end(end, label) });
            }
            return match decoded(&body) {
                Some(content) if !content.is_empty() => {
                    Ok(Block { label: label.to_owned(), header, content, line: start })
                }
                Some(_) if !header.is_empty() => {
                    Err(Fault { line: number, reason: "there is an empty line before END" })
                }
                Some(_) => Err(Fault { line: number, reason: "the PEM block is empty" }),
                None => Err(Fault { line: start, reason: bad_body(&body) }),
            };
        }
        if line.is_empty() && !has_header {
            has_header = true;
            header = std::mem::take(&mut body);
            continue;
        }
        body.push_str(line);
        body.push('\n');
    }
    Err(Fault { line: start, reason: "the PEM block that begins here has no end" })
}

fn wrong_end(end: &str, label: &str) -> &'static str {
    match end.strip_prefix(label).and_then(|rest| rest.strip_prefix("-----")) {
        Some(rest) if rest.contains("-----BEGIN ") => {
            "END of one PEM block and BEGIN of the next are on one line"
        }
        Some(_) => "there is text after END on its line",
        None => "this END does not match the BEGIN before it",
    }
}

fn bad_body(body: &str) -> &'static str {
    if body.contains("-----BEGIN ") {
        "the PEM block that begins here has no end before the next one begins"
    } else if body.contains("-----END ") {
        "the END of the PEM block that begins here is not at the start of a line"
    } else {
        "the PEM block that begins here holds something other than base64"
    }
}

/// BoringSSL: padded, and blanks count for nothing.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut group = Vec::with_capacity(4);
    let mut is_over = false;
    for byte in text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        if is_over {
            return None;
        }
        group.push(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => 64,
            _ => return None,
        });
        let [a, b, c, d] = group.as_slice() else { continue };
        let first = (a << 2) | (b >> 4);
        let (second, third) = ((b << 4) | (c >> 2), (c << 6) | d);
        match (*a < 64 && *b < 64, *c < 64, *d < 64) {
            (true, true, true) => bytes.extend([first, second, third]),
            (true, true, false) => bytes.extend([first, second]),
            (true, false, false) => bytes.push(first),
            _ => return None,
        }
        is_over = *d == 64;
        group.clear();
    }
    group.is_empty().then_some(bytes)
}
