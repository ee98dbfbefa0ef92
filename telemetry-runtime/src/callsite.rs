//! The static facts of one tracked function.

/// What is known of a tracked function before the program runs; `#[tracked]` writes one as a `static`.
#[derive(Debug)]
pub struct Callsite {
    function: &'static str,
    module: &'static str,
    start: Option<&'static str>,
    finish: Option<&'static str>,
    success: Option<&'static str>,
    fallible: bool,
}

impl Callsite {
    /// A function that emits nothing yet.
    #[must_use]
    pub const fn new(function: &'static str, module: &'static str) -> Self {
        Self { function, module, start: None, finish: None, success: None, fallible: false }
    }

    /// Emits a start event of this name.
    #[must_use]
    pub const fn start(mut self, name: &'static str) -> Self {
        self.start = Some(name);
        self
    }

    /// Emits a finish event of this name, whatever the outcome.
    #[must_use]
    pub const fn finish(mut self, name: &'static str) -> Self {
        self.finish = Some(name);
        self
    }

    /// Emits a finish event of this name when the outcome is ok, and nothing otherwise.
    #[must_use]
    pub const fn success(mut self, name: &'static str) -> Self {
        self.success = Some(name);
        self
    }

    /// An exit that is neither marked nor a panic is an error.
    #[must_use]
    pub const fn fallible(mut self) -> Self {
        self.fallible = true;
        self
    }

    /// The function's name in the source.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The function's module path.
    #[must_use]
    pub const fn module(&self) -> &'static str {
        self.module
    }

    pub(crate) const fn start_name(&self) -> Option<&'static str> {
        self.start
    }

    pub(crate) const fn finish_name(&self, succeeded: bool) -> Option<&'static str> {
        match self.success {
            Some(name) if succeeded => Some(name),
            _ => self.finish,
        }
    }

    pub(crate) const fn is_fallible(&self) -> bool {
        self.fallible
    }
}
