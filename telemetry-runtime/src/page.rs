//! A page of HTML for a browser: what there is to see of telemetry, of a program for its user, and of a receiver for its developer.
//!
//! It is one file that asks for nothing: no script (but where a receiver has one of its own), no font, no picture. Only literals of this
//! source are markup; everything else is escaped on its way into the page, whoever it comes from.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};

/// What a page begins with: by this, whoever writes pages knows one that may be replaced.
pub const MARK: &str =
    "<!doctype html>\n<!-- A page of telemetry. Whoever writes such pages may put another in its place. -->\n";

/// What the page looks like, and its digest for the page's policy, which lets no other style in. A test compares the two.
const STYLE: &str = include_str!("page/style.css");
const STYLE_HASH: &str = "sha256-ubEj+dbome06qVyn7akcOGko8oXEflKoIpbQNaspKKQ=";

/// So many rows are drawn; the table has all.
const DRAWN: usize = 24;

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What it is of: `Telemetry of demo`.
    pub title: String,
    /// A sentence or two: who made it, when, and of what.
    pub intro: String,
    /// What there is to know first: names and values.
    pub figures: Vec<(&'static str, String)>,
    /// In the order of reading.
    pub sections: Vec<Section>,
    /// What keeps a page of a server up to date.
    pub script: Option<Script>,
}

/// A script that a page may have.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Its text, which is of the server's source.
    pub text: &'static str,
    /// Its digest, as a content security policy has it: `sha256-…`.
    pub hash: &'static str,
}

/// A part of a page, with a heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// By what it is linked to: letters.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What it is, and what it covers.
    pub says: String,
    /// What is in it.
    pub parts: Vec<Part>,
}

/// What is in a section.
#[derive(Clone, Debug)]
pub enum Part {
    /// A sentence that is not to be missed.
    Note(String),
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
    /// A table.
    Table(Table),
    /// Events and what became of them, drawn and as a table.
    Events(Vec<EventRow>),
    /// What can be opened, one by one: this many, and then the others together.
    Entries(Vec<Entry>, usize),
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its heading.
    pub title: Cow<'static, str>,
    /// The heads of its columns, and whether there are numbers below.
    pub columns: Vec<(Cow<'static, str>, bool)>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// Whether words between backticks are code.
    pub has_code: bool,
    /// Whether it is to be opened first.
    pub is_folded: bool,
}

/// An event: how often, how well, how long.
#[derive(Clone, Debug, Default)]
pub struct EventRow {
    /// Its name.
    pub name: String,
    /// `start`, `finish` and so on.
    pub kind: String,
    /// How many; of an aggregate, the calls.
    pub count: u64,
    /// How many of them failed; `None` for what cannot fail.
    pub errors: Option<u64>,
    /// How many have which outcome.
    pub outcomes: Vec<(String, u64)>,
    /// How long they took; `None` where none says.
    pub durations: Option<Durations>,
}

/// Durations in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Durations {
    /// How many were measured.
    pub measured: u64,
    /// So many percent took that long or less: 50, 90 and 99. Each is one that was measured (the nearest rank).
    pub percentiles: [u64; 3],
    /// They come from a histogram, and are right within a fifth.
    pub is_about: bool,
}

impl Durations {
    /// Of these, each with how many calls took so long.
    #[must_use]
    pub fn of(mut samples: Vec<(u64, u64)>, is_about: bool) -> Option<Self> {
        samples.sort_unstable();
        let measured = samples.iter().fold(0_u64, |all, (_, calls)| all.saturating_add(*calls));
        let at = |percent: u64| {
            let rank = (u128::from(measured) * u128::from(percent)).div_ceil(100).max(1);
            let mut seen = 0_u128;
            samples.iter().find_map(|(nanos, calls)| {
                seen += u128::from(*calls);
                (seen >= rank).then_some(*nanos)
            })
        };
        Some(Self { measured, percentiles: [at(50)?, at(90)?, at(99)?], is_about })
    }
}

/// What can be opened.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// By what a page that is loaded again knows that it was opened; empty where none is.
    pub id: String,
    /// When.
    pub time: String,
    /// What it is.
    pub what: String,
    /// What became of it.
    pub said: String,
    /// When that was, or what else there is to say of it.
    pub note: String,
    /// All of it, byte for byte; where it is empty there is nothing to open.
    pub body: String,
}

impl Section {
    /// A section.
    #[must_use]
    pub fn new(id: &'static str, title: &'static str, says: impl Into<String>, parts: Vec<Part>) -> Self {
        Self { id, title, says: says.into(), parts }
    }
}

impl Table {
    /// A table that is open. A column whose name ends with `#` has numbers.
    #[must_use]
    pub fn new(title: impl Into<Cow<'static, str>>, columns: &[&'static str], rows: Vec<Vec<String>>) -> Self {
        let column = |name: &&'static str| match name.strip_suffix('#') {
            Some(name) => (Cow::Borrowed(name), true),
            None => (Cow::Borrowed(*name), false),
        };
        Self {
            title: title.into(),
            columns: columns.iter().map(column).collect(),
            rows,
            has_code: false,
            is_folded: false,
        }
    }
}

/// Text that becomes a page.
struct Html(String);

/// Writes markup, which are literals, and between them values in parentheses, which are escaped.
macro_rules! html {
    ($to:expr;) => {};
    ($to:expr; $markup:literal $($rest:tt)*) => {{
        $to.raw($markup);
        html!($to; $($rest)*);
    }};
    ($to:expr; ($value:expr) $($rest:tt)*) => {{
        $to.text(&$value);
        html!($to; $($rest)*);
    }};
}

impl Html {
    // Not inlined, as the next one: a page is a thousand of these.
    #[inline(never)]
    fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    #[inline(never)]
    fn text(&mut self, value: &dyn Display) {
        // Writing to a string does not fail.
        let _ = write!(Escaping(&mut self.0), "{value}");
    }

    /// A text in which what stands between two backticks is code.
    fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some((before, (code, after))) =
            rest.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
        {
            html!(self; (before) "<code>" (code) "</code>");
            rest = after;
        }
        self.text(&rest);
    }
}

/// Text on its way into an element or an attribute between double quotes.
struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // A browser would make a line feed of it.
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' => self.0.push(letter),
                // What is no character of a page.
                '\0'..='\x1f' | '\x7f'..='\u{9f}' => self.0.push('\u{fffd}'),
                letter => self.0.push(letter),
            }
        }
        Ok(())
    }
}

impl Page {
    /// The page's text. The same page gives the same text.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = Html(String::from(MARK));
        let to = &mut html;
        html!(to;
            "<html lang=\"en\">\n<meta charset=\"utf-8\">"
            "\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '" (STYLE_HASH)
            "'; base-uri 'none'; form-action 'none'"
        );
        if let Some(script) = self.script {
            html!(to; "; script-src '" (script.hash) "'; connect-src 'self'; img-src data:");
        }
        html!(to;
            "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            "\n<meta name=\"color-scheme\" content=\"light dark\">"
            "\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>" (self.title) "</title>\n<style>"
        );
        to.raw(STYLE);
        html!(to; "</style>\n");
        if self.script.is_some() {
            // So that no browser asks for a picture of the site.
            html!(to; "<link rel=\"icon\" href=\"data:,\">\n");
        }
        html!(to;
            "<body>\n<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<header>\n<h1>" (self.title)
            "</h1>\n<p>"
        );
        to.words(&self.intro);
        html!(to; "</p>\n<nav aria-label=\"Sections\"><ul>");
        for section in &self.sections {
            html!(to; "<li><a href=\"#" (section.id) "\">" (section.title) "</a></li>");
        }
        html!(to;
            "</ul></nav>\n</header>\n<main id=\"content\" tabindex=\"-1\">"
            "\n<section id=\"figures\" aria-label=\"At a glance\"><dl class=\"figures\">"
        );
        for (name, value) in &self.figures {
            html!(to; "<div><dt>" (name) "</dt><dd>" (value) "</dd></div>");
        }
        html!(to; "</dl></section>\n");
        for section in &self.sections {
            to.section(section);
        }
        html!(to; "</main>\n");
        if let Some(script) = self.script {
            html!(to; "<script>");
            to.raw(script.text);
            html!(to; "</script>\n");
        }
        html!(to; "</body>\n</html>\n");
        html.0
    }
}

impl Html {
    fn section(&mut self, section: &Section) {
        let to = self;
        html!(to; "<section id=\"" (section.id) "\">\n<h2>" (section.title) "</h2>\n");
        if !section.says.is_empty() {
            html!(to; "<p>");
            to.words(&section.says);
            html!(to; "</p>\n");
        }
        for part in &section.parts {
            match part {
                Part::Note(note) => {
                    html!(to; "<p class=\"note\">");
                    to.words(note);
                    html!(to; "</p>\n");
                }
                Part::Facts(facts) => {
                    html!(to; "<dl class=\"facts\">");
                    for (name, value) in facts {
                        html!(to; "<div><dt>" (name) "</dt><dd>" (value) "</dd></div>");
                    }
                    html!(to; "</dl>\n");
                }
                Part::Table(table) => to.table(table, section.id),
                Part::Events(rows) => to.events(rows, section.id),
                Part::Entries(entries, open) => to.entries(entries, *open, section.id),
            }
        }
        html!(to; "</section>\n");
    }

    fn table(&mut self, table: &Table, section: &str) {
        let to = self;
        // A heading in what has to be opened would be no heading before that.
        if table.is_folded {
            html!(to;
                "<details id=\"" (section) "-" (id_of(&table.title)) "\"><summary>" (table.title)
                " <span class=\"soft\">" (table.rows.len()) "</span></summary>\n"
            );
        } else if !table.title.is_empty() {
            html!(to; "<h3>" (table.title) "</h3>\n");
        }
        if table.rows.is_empty() {
            html!(to; "<p class=\"soft\">None.</p>\n");
        } else {
            let name = if table.title.is_empty() { "Table" } else { &table.title };
            html!(to;
                "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"" (name) "\"><table>\n<thead><tr>"
            );
            for (name, is_number) in &table.columns {
                if *is_number {
                    html!(to; "<th scope=\"col\" class=\"n\">");
                } else {
                    html!(to; "<th scope=\"col\">");
                }
                html!(to; (name) "</th>");
            }
            html!(to; "</tr></thead>\n<tbody>\n");
            for row in &table.rows {
                html!(to; "<tr>");
                for (at, (cell, (_, is_number))) in row.iter().zip(&table.columns).enumerate() {
                    match (at, is_number) {
                        (0, _) => html!(to; "<th scope=\"row\">"),
                        (_, true) => html!(to; "<td class=\"n\">"),
                        (_, false) => html!(to; "<td>"),
                    }
                    if table.has_code {
                        to.words(cell);
                    } else {
                        to.text(cell);
                    }
                    if at == 0 { html!(to; "</th>") } else { html!(to; "</td>") }
                }
                html!(to; "</tr>\n");
            }
            html!(to; "</tbody></table></div>\n");
        }
        if table.is_folded {
            html!(to; "</details>\n");
        }
    }

    fn entries(&mut self, entries: &[Entry], open: usize, section: &str) {
        let to = self;
        if entries.is_empty() {
            html!(to; "<p class=\"soft\">None.</p>\n");
        }
        for (at, entry) in entries.iter().enumerate() {
            if at == open {
                html!(to;
                    "<details class=\"more\" id=\"" (section) "-more\"><summary>"
                    (count((entries.len() - open) as u64)) " more</summary>\n"
                );
            }
            if entry.body.is_empty() {
                html!(to; "<p class=\"entry\">");
            } else {
                html!(to; "<details class=\"entry\"");
                if !entry.id.is_empty() {
                    html!(to; " id=\"" (entry.id) "\"");
                }
                html!(to; "><summary>");
            }
            html!(to;
                "<time>" (entry.time) "</time> <span>" (entry.what) "</span> <b>" (entry.said) "</b> <i>"
                (entry.note) "</i>"
            );
            if entry.body.is_empty() {
                html!(to; "</p>\n");
            } else {
                // The first line feed is no part of it.
                html!(to; "</summary><pre tabindex=\"0\">\n" (entry.body) "</pre></details>\n");
            }
        }
        if entries.len() > open {
            html!(to; "</details>\n");
        }
    }

    fn events(&mut self, rows: &[EventRow], section: &str) {
        if rows.is_empty() {
            html!(self; "<p class=\"soft\">None.</p>\n");
            return;
        }
        html!(self; "<div class=\"plots\">\n");
        let key =
            |to: &mut Self| html!(to; "<span class=\"swatch\"></span> all <span class=\"swatch hit\"></span> failed");
        // The calls that an aggregate stands for are many more than there are events.
        self.counts(("How often", &key), rows, &|row| row.kind != "aggregate", "events");
        self.counts(("How often, where calls are only counted", &key), rows, &|row| row.kind == "aggregate", "calls");
        self.error_rates(rows);
        self.durations(rows);
        html!(self; "</div>\n");
        let row = |row: &EventRow| {
            let outcomes: Vec<_> =
                row.outcomes.iter().map(|(word, events)| format!("{word}\u{a0}{}", count(*events))).collect();
            let failed = row
                .errors
                .map_or_else(|| ["–".into(), "–".into()], |errors| [count(errors), percent(errors, row.count)]);
            let mut cells = vec![row.name.clone(), row.kind.clone(), count(row.count)];
            cells.extend(failed);
            cells.push(outcomes.join(", "));
            match &row.durations {
                Some(durations) => {
                    cells.push(count(durations.measured));
                    cells.extend(durations.percentiles.map(|nanos| durations.span(nanos)));
                }
                None => cells.extend([const { String::new() }; 4].map(|_| "–".into())),
            }
            cells
        };
        let columns =
            ["Event", "Kind", "Count#", "Failed#", "Error rate#", "Outcomes", "Measured#", "p50#", "p90#", "p99#"];
        self.table(&Table::new("In numbers", &columns, rows.iter().map(row).collect()), section);
    }

    /// One plot: its key, a row for each event with what is said and drawn of it, and the axis below.
    fn figure(
        &mut self,
        (title, key): (&str, &dyn Fn(&mut Self)),
        rows: &[&EventRow],
        axis: &Axis,
        said: &dyn Fn(&EventRow) -> String,
        draw: &dyn Fn(&mut Self, &EventRow),
    ) {
        let to = self;
        if rows.is_empty() {
            return;
        }
        html!(to; "<figure><figcaption><h3>" (title) "</h3><p class=\"key\">");
        key(to);
        html!(to; "</p></figcaption>\n<ul>");
        for row in rows.iter().take(DRAWN) {
            html!(to;
                "<li><span class=\"name\">" (row.name) " <i>" (row.kind) "</i></span> <span class=\"n\">"
                (said(row)) "</span><svg height=\"14\" aria-hidden=\"true\">"
            );
            for (at, _) in &axis.ticks {
                html!(to; "<line class=\"grid\" x1=\"" (at) "\" x2=\"" (at) "\" y1=\"0\" y2=\"14\"/>");
            }
            draw(to, row);
            html!(to; "</svg></li>\n");
        }
        html!(to; "</ul>\n<svg class=\"axis\" height=\"18\" aria-hidden=\"true\">");
        for (at, label) in &axis.ticks {
            match at.0 {
                0 => html!(to; "<text y=\"13\" x=\"0%\">"),
                10_000 => html!(to; "<text y=\"13\" x=\"100%\" text-anchor=\"end\">"),
                _ => html!(to; "<text y=\"13\" x=\"" (at) "\" text-anchor=\"middle\">"),
            }
            html!(to; (label) "</text>");
        }
        html!(to; "</svg><p class=\"axis-title\">" (axis.title) "</p>");
        if rows.len() > DRAWN {
            html!(to; "<p class=\"soft\">The " (DRAWN) " most frequent of " (rows.len()) "; all are in the table.</p>");
        }
        html!(to; "</figure>\n");
    }

    fn counts(
        &mut self,
        (title, key): (&str, &dyn Fn(&mut Self)),
        rows: &[EventRow],
        fits: &dyn Fn(&EventRow) -> bool,
        unit: &'static str,
    ) {
        let rows = most_frequent(rows, fits);
        let axis = Axis::counts(rows.iter().map(|row| row.count).max().unwrap_or(0), unit);
        let said = |row: &EventRow| match row.errors.filter(|errors| *errors > 0) {
            Some(errors) => format!("{}, {} failed", count(row.count), count(errors)),
            None => count(row.count),
        };
        self.figure((title, key), &rows, &axis, &said, &|to, row| {
            html!(to; "<rect class=\"bar\" y=\"2\" height=\"10\" width=\"" (axis.place(row.count)) "\"/>");
            if let Some(errors) = row.errors.filter(|errors| *errors > 0) {
                html!(to; "<rect class=\"hit\" y=\"2\" height=\"10\" width=\"" (axis.place(errors)) "\"/>");
            }
        });
    }

    fn error_rates(&mut self, rows: &[EventRow]) {
        let rows = most_frequent(rows, &|row| row.errors.is_some() && row.count > 0);
        let axis = Axis::rates();
        let said = |row: &EventRow| format!("{} of {}", percent(row.errors.unwrap_or(0), row.count), count(row.count));
        let key = |to: &mut Self| html!(to; "<span class=\"swatch hit\"></span> ended with an error or a panic");
        self.figure(("Error rate", &key), &rows, &axis, &said, &|to, row| {
            let rate = Percent::of(ratio(row.errors.unwrap_or(0), row.count));
            html!(to;
                "<rect class=\"rail\" y=\"5\" height=\"4\" width=\"100%\"/>"
                "<rect class=\"hit\" y=\"2\" height=\"10\" width=\"" (rate) "\"/>"
            );
        });
    }

    fn durations(&mut self, rows: &[EventRow]) {
        let rows = most_frequent(rows, &|row| row.durations.is_some());
        let all = || rows.iter().filter_map(|row| row.durations).flat_map(|durations| durations.percentiles);
        let axis = Axis::durations(all().min().unwrap_or(0), all().max().unwrap_or(0));
        let said = |row: &EventRow| {
            row.durations.map_or_else(String::new, |durations| {
                let [p50, p90, p99] = durations.percentiles.map(|nanos| durations.span(nanos));
                format!("{p50} · {p90} · {p99}")
            })
        };
        let key = |to: &mut Self| {
            html!(to;
                "<svg class=\"mark\" width=\"10\" height=\"10\"><circle class=\"p50\" cx=\"5\" cy=\"5\" r=\"4\"/></svg> p50 "
                "<svg class=\"mark\" width=\"6\" height=\"10\"><line class=\"p90\" x1=\"3\" x2=\"3\" y1=\"0\" y2=\"10\"/></svg> p90 "
                "<svg class=\"mark\" width=\"10\" height=\"10\"><circle class=\"p99\" cx=\"5\" cy=\"5\" r=\"3.5\"/></svg> p99"
            );
        };
        self.figure(("How long", &key), &rows, &axis, &said, &|to, row| {
            let Some(durations) = row.durations else { return };
            let [p50, p90, p99] = durations.percentiles.map(|nanos| axis.place(nanos));
            html!(to;
                "<line class=\"span\" x1=\"" (p50) "\" x2=\"" (p99)
                "\" y1=\"7\" y2=\"7\"/><circle class=\"p99\" cx=\"" (p99)
                "\" cy=\"7\" r=\"4\"/><line class=\"p90\" x1=\"" (p90) "\" x2=\"" (p90)
                "\" y1=\"1\" y2=\"13\"/><circle class=\"p50\" cx=\"" (p50) "\" cy=\"7\" r=\"4\"/>"
            );
        });
    }
}

/// The most frequent of those that fit first.
fn most_frequent<'a>(rows: &'a [EventRow], fits: &dyn Fn(&EventRow) -> bool) -> Vec<&'a EventRow> {
    let order = ranked(rows.iter().map(|row| row.count));
    order.filter_map(|at| rows.get(at)).filter(|row| fits(row)).collect()
}

/// Where the numbers stand that these are, the largest first, and of equal ones the first.
pub(crate) fn ranked(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = usize> {
    // As durations are sorted, so that a program has the code for it once.
    let mut order: Vec<(u64, u64)> = numbers.zip((0..u64::MAX).rev()).collect();
    order.sort_unstable();
    order.into_iter().rev().map(|(_, at)| usize::try_from(u64::MAX - 1 - at).unwrap_or(usize::MAX))
}

/// A place on a plot, in hundredths of a percent: as SVG has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Percent(u64);

impl Percent {
    const END: Self = Self(10_000);

    /// Of a part of one.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped, and a pixel is more than that"
    )]
    fn of(part: f64) -> Self {
        Self((part.clamp(0.0, 1.0) * 10_000.0).round() as u64)
    }
}

impl Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// What runs along the lower edge of a plot.
struct Axis {
    title: &'static str,
    ticks: Vec<(Percent, String)>,
    from: f64,
    to: f64,
    is_logarithmic: bool,
}

#[allow(clippy::cast_precision_loss, reason = "a place on a screen is about right")]
impl Axis {
    fn counts(most: u64, title: &'static str) -> Self {
        let mut to = 1_u64;
        // 1, 2, 5, 10, 20, …
        for factor in [2, 5, 10].into_iter().cycle() {
            if to >= most || to > u64::MAX / 10 {
                break;
            }
            to = if factor == 5 { to / 2 * 5 } else { to * 2 };
        }
        let mut ticks = vec![(Percent(0), count(0))];
        if to.is_multiple_of(2) {
            ticks.push((Percent(5_000), count(to / 2)));
        }
        ticks.push((Percent::END, count(to)));
        Self { title, ticks, from: 0.0, to: to as f64, is_logarithmic: false }
    }

    fn rates() -> Self {
        let ticks = [0, 50, 100].map(|at| (Percent(at * 100), format!("{at} %")));
        Self {
            title: "calls that failed, of all that ended",
            ticks: ticks.into(),
            from: 0.0,
            to: 100.0,
            is_logarithmic: false,
        }
    }

    /// Powers of ten from the one below the shortest to the one above the longest.
    fn durations(least: u64, most: u64) -> Self {
        let from = least.max(1).ilog10();
        let to = most.max(1).ilog10() + u32::from(most.max(1).ilog10() >= from);
        // Five labels have room on a telephone.
        let step = (to - from).div_ceil(4).max(1);
        let at = |power: u32| Percent::of(f64::from(power - from) / f64::from(to - from));
        let ticks = (from..=to).step_by(step as usize).map(|power| (at(power), span(10_u64.saturating_pow(power))));
        Self {
            title: "duration of a call, on a logarithmic scale",
            ticks: ticks.collect(),
            from: f64::from(from),
            to: f64::from(to),
            is_logarithmic: true,
        }
    }

    fn place(&self, value: u64) -> Percent {
        let value = if self.is_logarithmic { (value.max(1) as f64).log10() } else { value as f64 };
        Percent::of((value - self.from) / (self.to - self.from))
    }
}

impl Durations {
    fn span(&self, nanos: u64) -> String {
        if self.is_about { format!("≈ {}", span(nanos)) } else { span(nanos) }
    }
}

/// A number with its thousands apart.
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration in the unit that goes with its size, and three digits of it.
#[must_use]
pub fn span(nanos: u64) -> String {
    let (unit, name) = match nanos {
        0..1_000 => (1, "ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        1_000_000_000..120_000_000_000 => (1_000_000_000, "s"),
        120_000_000_000..7_200_000_000_000 => (60_000_000_000, "min"),
        _ => (3_600_000_000_000, "h"),
    };
    let mut digits =
        [100, 10, 1].into_iter().map(|scale| (nanos.saturating_mul(scale).saturating_add(unit / 2) / unit, scale));
    let (value, scale) = digits.find(|(value, scale)| *value < 1_000 || *scale == 1).unwrap_or_default();
    let text = fixed(value, scale);
    let text = if scale > 1 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {name}")
}

/// A number of bytes in the unit that goes with its size.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", fixed((bytes + 50) / 100, 10)),
        _ => format!("{} MB", fixed(bytes.saturating_add(50_000) / 100_000, 10)),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a part of many is about right")]
fn ratio(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { (part as f64 / all as f64).min(1.0) }
}

fn percent(part: u64, all: u64) -> String {
    format!("{} %", fixed((Percent::of(ratio(part, all)).0 + 5) / 10, 10))
}

/// A number that is so many tenths or hundredths. What the standard library has for fractions is larger than all of this.
fn fixed(value: u64, scale: u64) -> String {
    match scale {
        100 => format!("{}.{:02}", value / 100, value % 100),
        10 => format!("{}.{}", value / 10, value % 10),
        _ => value.to_string(),
    }
}

/// A title as something that can be linked to.
fn id_of(title: &str) -> String {
    title.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_by_the_nearest_rank() {
        let of = |nanos: &[u64]| Durations::of(nanos.iter().map(|nanos| (*nanos, 1)).collect(), false);
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]).unwrap().percentiles, [7; 3]);
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(of(&hundred).unwrap(), Durations { measured: 100, percentiles: [50, 90, 99], is_about: false });
        assert_eq!(of(&hundred[..10]).unwrap().percentiles, [95, 99, 100]);
        let weighted = Durations::of(vec![(5, 90), (6, 9), (7, 1)], true).unwrap();
        assert_eq!((weighted.measured, weighted.percentiles), (100, [5, 5, 6]));
        assert_eq!(Durations::of(vec![(5, 0)], true), None);
    }

    #[test]
    fn numbers_are_in_units_that_go_with_them() {
        let spans = [0, 999, 1_000, 1_234_567, 999_999_999, 61_500_000_000, 180_000_000_000, u64::MAX].map(span);
        assert_eq!(spans, ["0 ns", "999 ns", "1 µs", "1.23 ms", "1000 ms", "61.5 s", "3 min", "5124095 h"]);
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([999, 1_000, 2_500_000].map(bytes), ["999 B", "1.0 kB", "2.5 MB"]);
    }

    #[test]
    fn an_axis_reaches_as_far_as_what_is_drawn() {
        let labels = |axis: &Axis| axis.ticks.iter().map(|(_, label)| label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&Axis::counts(89, "")), ["0", "50", "100"]);
        assert_eq!(labels(&Axis::counts(1, "")), ["0", "1"]);
        assert_eq!(labels(&Axis::durations(5_000_000, 5_000_000)), ["1 ms", "10 ms"]);
        assert_eq!(labels(&Axis::durations(50, 62_000_000)), ["10 ns", "1 µs", "100 µs", "10 ms"]);
    }

    proptest! {
        #[test]
        fn every_place_is_on_the_plot(a in any::<u64>(), b in any::<u64>(), at in any::<u64>()) {
            let (least, most) = (a.min(b), a.max(b));
            for axis in [Axis::counts(most, ""), Axis::durations(least, most)] {
                let at = axis.place(at.clamp(least, most)).0;
                prop_assert!((0..=10_000).contains(&at), "{at}");
                prop_assert!(axis.ticks.len() <= 6);
            }
        }

        /// Whatever it is, it is neither an element nor the end of an attribute, and is there as it was.
        #[test]
        fn a_text_is_a_text(text in any::<String>()) {
            let mut html = Html(String::new());
            html.text(&text);
            prop_assert!(!html.0.contains(['<', '>', '"', '\'', '\r']));
            let plain = html.0.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
            let plain = plain.replace("&#13;", "\r").replace("&amp;", "&");
            let is_control = |letter: char| letter.is_control() && !matches!(letter, '\t' | '\n' | '\r');
            let expected = text.replace(is_control, "\u{fffd}");
            prop_assert_eq!(plain, expected);
        }
    }
}
