//! Sets of bytes, and the classes that RE2 has names for, as far as they are Latin-1.

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByteSet([u128; 2]);

impl ByteSet {
    pub const ALL: Self = Self([u128::MAX; 2]);

    pub fn of(byte: u8) -> Self {
        Self::range(byte, byte)
    }

    /// From `low` to `high`, both among them.
    pub fn range(low: u8, high: u8) -> Self {
        let mut set = Self::default();
        for byte in low..=high {
            set.insert(byte);
        }
        set
    }

    fn insert(&mut self, byte: u8) {
        let [low, high] = &mut self.0;
        *(if byte < 128 { low } else { high }) |= 1 << (byte % 128);
    }

    fn contains(self, byte: u8) -> bool {
        let [low, high] = self.0;
        (if byte < 128 { low } else { high }) & (1 << (byte % 128)) != 0
    }

    pub fn negated(self) -> Self {
        Self(self.0.map(|bits| !bits))
    }

    pub fn union(self, other: Self) -> Self {
        let ([low, high], [other_low, other_high]) = (self.0, other.0);
        Self([low | other_low, high | other_high])
    }

    /// With the other case of each ASCII letter.
    pub fn folded(self) -> Self {
        let mut folded = self;
        for lower in b'a'..=b'z' {
            let upper = lower.to_ascii_uppercase();
            if self.contains(lower) || self.contains(upper) {
                folded.insert(lower);
                folded.insert(upper);
            }
        }
        folded
    }

    /// How many instructions it is to RE2: one for each range, and one between each two. Where both cases of all letters
    /// count, one instruction covers both.
    pub fn instructions(self) -> u64 {
        let folds = self.folded() == self;
        let (mut ranges, mut start) = (0, None);
        for byte in 0..=u8::MAX {
            if self.contains(byte) {
                start.get_or_insert(byte);
            }
            let ends = byte == u8::MAX || !self.contains(byte + 1);
            if ends && let Some(start) = start.take() {
                let is_upper = start.is_ascii_uppercase() && byte.is_ascii_uppercase();
                ranges += u64::from(!(folds && is_upper));
            }
        }
        (2_u64 * ranges).saturating_sub(1).max(1)
    }
}

fn of_ranges(ranges: &[(u8, u8)]) -> ByteSet {
    ranges.iter().fold(ByteSet::default(), |set, (low, high)| set.union(ByteSet::range(*low, *high)))
}

/// The class `\d`, `\s` or `\w`.
pub fn perl_class(letter: u8) -> Option<ByteSet> {
    match letter {
        b'd' => Some(ByteSet::range(b'0', b'9')),
        b's' => Some(of_ranges(&[(b'\t', b'\n'), (0x0c, b'\r'), (b' ', b' ')])),
        b'w' => posix_class(b"word"),
        _ => None,
    }
}

/// The class `[:name:]`.
pub fn posix_class(name: &[u8]) -> Option<ByteSet> {
    let ranges: &[(u8, u8)] = match name {
        b"alnum" => &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')],
        b"alpha" => &[(b'A', b'Z'), (b'a', b'z')],
        b"ascii" => &[(0, 0x7f)],
        b"blank" => &[(b'\t', b'\t'), (b' ', b' ')],
        b"cntrl" => &[(0, 0x1f), (0x7f, 0x7f)],
        b"digit" => &[(b'0', b'9')],
        b"graph" => &[(b'!', b'~')],
        b"lower" => &[(b'a', b'z')],
        b"print" => &[(b' ', b'~')],
        b"punct" => &[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')],
        b"space" => &[(b'\t', b'\r'), (b' ', b' ')],
        b"upper" => &[(b'A', b'Z')],
        b"word" => &[(b'0', b'9'), (b'A', b'Z'), (b'_', b'_'), (b'a', b'z')],
        b"xdigit" => &[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')],
        _ => return None,
    };
    Some(of_ranges(ranges))
}

type Ranges = &'static [(u8, u8)];

/// Unicode's categories, with what of each is Latin-1.
const CATEGORIES: [(&[u8; 2], Ranges); 29] = [
    (b"Cc", &[(0x00, 0x1f), (0x7f, 0x9f)]),
    (b"Cf", &[(0xad, 0xad)]),
    (b"Co", &[]),
    (b"Cs", &[]),
    (b"Ll", &[(b'a', b'z'), (0xb5, 0xb5), (0xdf, 0xf6), (0xf8, 0xff)]),
    (b"Lm", &[]),
    (b"Lo", &[(0xaa, 0xaa), (0xba, 0xba)]),
    (b"Lt", &[]),
    (b"Lu", &[(b'A', b'Z'), (0xc0, 0xd6), (0xd8, 0xde)]),
    (b"Mc", &[]),
    (b"Me", &[]),
    (b"Mn", &[]),
    (b"Nd", &[(b'0', b'9')]),
    (b"Nl", &[]),
    (b"No", &[(0xb2, 0xb3), (0xb9, 0xb9), (0xbc, 0xbe)]),
    (b"Pc", &[(b'_', b'_')]),
    (b"Pd", &[(b'-', b'-')]),
    (b"Pe", &[(b')', b')'), (b']', b']'), (b'}', b'}')]),
    (b"Pf", &[(0xbb, 0xbb)]),
    (b"Pi", &[(0xab, 0xab)]),
    (
        b"Po",
        &[
            (b'!', b'#'),
            (b'%', b'\''),
            (b'*', b'*'),
            (b',', b','),
            (b'.', b'/'),
            (b':', b';'),
            (b'?', b'@'),
            (b'\\', b'\\'),
            (0xa1, 0xa1),
            (0xa7, 0xa7),
            (0xb6, 0xb7),
            (0xbf, 0xbf),
        ],
    ),
    (b"Ps", &[(b'(', b'('), (b'[', b'['), (b'{', b'{')]),
    (b"Sc", &[(b'$', b'$'), (0xa2, 0xa5)]),
    (b"Sk", &[(b'^', b'^'), (b'`', b'`'), (0xa8, 0xa8), (0xaf, 0xaf), (0xb4, 0xb4), (0xb8, 0xb8)]),
    (
        b"Sm",
        &[
            (b'+', b'+'),
            (b'<', b'>'),
            (b'|', b'|'),
            (b'~', b'~'),
            (0xac, 0xac),
            (0xb1, 0xb1),
            (0xd7, 0xd7),
            (0xf7, 0xf7),
        ],
    ),
    (b"So", &[(0xa6, 0xa6), (0xa9, 0xa9), (0xae, 0xae), (0xb0, 0xb0)]),
    (b"Zl", &[]),
    (b"Zp", &[]),
    (b"Zs", &[(b' ', b' '), (0xa0, 0xa0)]),
];

/// The class `\p{name}`.
///
/// Scripts are not listed, for new ones come with each release of Unicode: what looks like the name of one is taken for it.
pub fn unicode_class(name: &[u8]) -> Option<ByteSet> {
    let of_category = CATEGORIES.iter().filter(|(category, _)| category.starts_with(name));
    match name {
        b"Any" => Some(ByteSet::ALL),
        b"Yi" => Some(ByteSet::default()),
        [_] | [_, _] => of_category.map(|(_, ranges)| of_ranges(ranges)).reduce(ByteSet::union),
        [first, rest @ ..] => {
            let is_script = first.is_ascii_uppercase()
                && rest.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
            is_script.then(ByteSet::default)
        }
        [] => None,
    }
}
