//! Columns as Go's `text/tabwriter` lays them out, with blanks and cells that are aligned to the left.

/// Lays out the lines of `text`: each tab ends a cell, and cells above each other in adjacent lines are equally wide.
///
/// The cells are as wide as the widest one and `padding` blanks. What follows the last tab of a line is not a cell.
pub fn aligned(text: &[u8], padding: usize) -> Vec<u8> {
    let cells =
        |line: &'_ [u8]| -> Vec<Vec<u8>> { line.split(|byte| *byte == b'\t').map(<[u8]>::to_vec).collect() };
    let mut lines: Vec<Vec<Vec<u8>>> = text.split(|byte| *byte == b'\n').map(cells).collect();
    // Go: nothing after the last tab of a line without a line end.
    if let Some(last) = lines.last_mut()
        && last.len() > 1
    {
        last.pop_if(|cell| cell.is_empty());
    }
    let widths = widths(&lines, padding);
    let mut aligned = Vec::new();
    for (number, (line, widths)) in lines.iter().zip(&widths).enumerate() {
        if number > 0 {
            aligned.push(b'\n');
        }
        for (place, cell) in line.iter().enumerate() {
            aligned.extend_from_slice(cell);
            if let Some(width) = widths.get(place) {
                aligned.extend(std::iter::repeat_n(b' ', width.saturating_sub(length(cell))));
            }
        }
    }
    aligned
}

/// Characters of a cell; a byte that is not UTF-8 counts as one.
fn length(cell: &[u8]) -> usize {
    cell.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// The widths of each line's cells.
fn widths(lines: &[Vec<Vec<u8>>], padding: usize) -> Vec<Vec<usize>> {
    let mut widths: Vec<Vec<usize>> = vec![Vec::new(); lines.len()];
    // Lines in which the columns left of this one are known. A line may have any number of them: no recursion.
    let mut open = vec![(0, 0, lines.len())];
    while let Some((column, start, end)) = open.pop() {
        let has_cell = |line: usize| lines.get(line).is_some_and(|cells| cells.len() > column + 1);
        let mut line = start;
        while line < end {
            let block = (line..end).take_while(|line| has_cell(*line)).count();
            if block == 0 {
                line += 1;
                continue;
            }
            let cells = lines.iter().skip(line).take(block).filter_map(|cells| cells.get(column));
            let widest = cells.map(|cell| length(cell)).max().unwrap_or_default();
            for widths in widths.iter_mut().skip(line).take(block) {
                widths.push(widest + padding);
            }
            open.push((column + 1, line, line + block));
            line += block;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn cells_above_each_other_are_equally_wide() {
        let aligned = |text: &str, padding| String::from_utf8(aligned(text.as_bytes(), padding)).unwrap();
        assert_eq!(aligned("Key\ta\nLockIndex\t0\n", 2), "Key        a\nLockIndex  0\n");
        assert_eq!(aligned("Value\tx\ty\nzz\tw\n\na\tb", 2), "Value  x  y\nzz     w\n\na  b");
        assert_eq!(aligned("é\t1\nab\t2", 1), "é  1\nab 2");
        assert_eq!(aligned("Key\ta\nValue\t", 1), "Key a\nValue");
        assert_eq!(aligned("", 1), "");
    }

    #[test]
    fn thousands_of_tabs_are_laid_out() {
        assert_eq!(aligned(&b"\t".repeat(5000), 1).len(), 4999);
    }
}
