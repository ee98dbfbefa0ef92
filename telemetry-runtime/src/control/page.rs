//! All that a user may see, on one page.

use std::io;
use std::path::{Path, PathBuf};

use super::{Control, ControlStatus};
use crate::level::Level;
use crate::loss::{Counts, Loss};
use crate::page::{self, Page, Part, Section, Table};
use crate::recording;

impl Control<'_> {
    /// All that there is to see, as a page of HTML: the decision and its trace, the books, how often, how well and how long, what waits,
    /// what was sent and answered, and the catalogue. It asks for nothing, and nothing is sent for it. Needs the feature `page`.
    ///
    /// ```
    /// use telemetry_runtime::{Telemetry, app};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let html = Telemetry::builder(app!("demo")).control().page()?;
    /// assert!(html.contains("<h1>Telemetry of demo</h1>"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn page(&self) -> io::Result<String> {
        let status = self.status();
        let is_off = status.decision.level() == Level::None;
        let mut places = vec![(self.asked.state.clone(), recording::tracks(if is_off { &[] } else { self.sinks() }))];
        if let Some((_, _, tracks)) = &self.required {
            places.push((self.asked.state.required(), tracks.clone()));
        }
        let mut sections = vec![status.section(), status.books()];
        sections.extend(recording::sections(&places)?);
        sections.push(self.catalogue_section());
        let app = self.catalogue.app();
        let intro = format!(
            "What {app} collects on this machine, why, and what became of it. Written {}by the program itself, for you alone: this file asks for nothing, and nothing was sent for it.",
            recording::written_on()
        );
        Ok(Page { title: format!("Telemetry of {app}"), intro, figures: status.figures(), sections, script: None }
            .to_html())
    }

    /// Writes the [page](Self::page) into a file for its owner alone, and says which: this one, or `telemetry.html` in the state folder, where
    /// what deletes everything deletes it too. A page that is there is replaced; anything else is left alone. Needs the feature `page`.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read, or the file cannot be written, or is something else; the error names it.
    pub fn write_page(&self, file: Option<&Path>) -> io::Result<PathBuf> {
        recording::write_page(&self.asked.state, file, &self.page()?)
    }

    fn catalogue_section(&self) -> Section {
        let says = "Everything that this version of the program can send, as its source says it. What is not here is not sent.";
        let tables = self.catalogue.tables().map(|(title, columns, rows)| {
            let mut table = Table { is_folded: true, has_code: true, ..Table::new(title, columns, rows) };
            // What stands in the source is for the author.
            table.columns.truncate(columns.iter().position(|column| *column == "From").unwrap_or(columns.len()));
            Part::Table(table)
        });
        Section::new("catalogue", "What can be sent", says, tables.collect())
    }
}

impl ControlStatus {
    fn figures(&self) -> Vec<(&'static str, String)> {
        let mut figures =
            vec![("Level", self.decision.level().to_string()), ("Events that wait", page::count(self.waiting))];
        if let Some(totals) = &self.totals {
            figures.push(("Delivered", page::count(totals.delivered)));
            figures.push(("Lost", page::count(lost(totals))));
        }
        figures
    }

    /// The decision, its trace, and where events go.
    fn section(&self) -> Section {
        let level = self.decision.level();
        let says = match level {
            Level::None => "The level is `none`.".to_owned(),
            _ => format!(
                "The level is `{level}`, because of {}. The first of these to speak decides, and what follows it can only lower the level.",
                self.decision.reason()
            ),
        };
        let steps = self.decision.steps().map(|(asked, said)| vec![asked.to_owned(), said.to_owned()]);
        let mut parts = vec![Part::Table(Table::new("Who was asked", &["Asked", "Said"], steps.collect()))];
        let mut notes: Vec<String> = self.decision.warnings().to_vec();
        for problem in self.problems.iter().map(ToString::to_string) {
            if !notes.iter().any(|note| note.contains(&problem)) {
                notes.push(problem);
            }
        }
        if level == Level::None {
            let else_ =
                if self.required.as_ref().is_some_and(|(required, ..)| required.held.is_none()) { " else" } else { "" };
            notes.push(format!("Nothing{else_} goes out, because of {}.", self.decision.reason()));
        }
        parts.extend(notes.into_iter().map(Part::Note));
        let sinks = self.sinks().map(|(name, address)| {
            vec![name.to_owned(), address.to_owned(), self.last_answer(name).unwrap_or("nothing sent yet").to_owned()]
        });
        let sinks: Vec<_> = sinks.collect();
        if !sinks.is_empty() {
            parts.push(Part::Table(Table::new("Where events go", &["Sink", "Address", "Last answer"], sinks)));
        }
        let settings = self
            .settings
            .as_ref()
            .map_or_else(|| "none, there is no folder for them".to_owned(), |path| path.display().to_string());
        let mut facts = vec![("Settings", settings)];
        facts.push(("Install id", self.install_id.clone().unwrap_or_else(|| "none is kept".to_owned())));
        if let Some(said) = &self.error_texts {
            facts.push(("Texts of errors", format!("recorded, and what panics say, because of {said}")));
        }
        if let Some((required, waiting, said)) = &self.required {
            let said = said.as_deref().unwrap_or("nothing sent yet");
            facts.push(("Required", format!("{required}; {waiting} reports wait; {said}")));
        }
        parts.push(Part::Facts(facts));
        Section::new("decision", "What telemetry does here", says, parts)
    }

    /// What became of all events.
    fn books(&self) -> Section {
        let Some(totals) = &self.totals else {
            return Section::new(
                "books",
                "What became of it",
                "Nothing was recorded on this disk, or what was is deleted.",
                Vec::new(),
            );
        };
        let Counts { recorded, delivered, rejected, pending, .. } = *totals;
        let says = "All events of all runs since what was kept was last deleted. With several sinks, each delivery of an event counts.";
        let row = |what: &str, events: u64, says: &str| vec![what.to_owned(), page::count(events), says.to_owned()];
        let mut rows = vec![
            row("Recorded", recorded, ""),
            row("Delivered", delivered, "a receiver has taken it"),
            row("Rejected", rejected, "a receiver will never take it"),
            row("Pending", pending, &format!("it waits; {} in the spool", page::bytes(self.waiting_bytes))),
        ];
        let losses = Loss::EACH.into_iter().filter(|loss| totals.lost(*loss) > 0);
        rows.extend(losses.map(|loss| row(&format!("Lost: {loss}"), totals.lost(loss), "")));
        Section::new("books", "What became of it", says, vec![Part::Table(Table::new("", &["", "Events#", ""], rows))])
    }
}

fn lost(totals: &Counts) -> u64 {
    Loss::EACH.into_iter().map(|loss| totals.lost(loss)).sum()
}
