mod outer {
    pub mod inner {
        #[tracked]
        pub(in crate::outer) fn in_outer() -> Result<u8, ()> {
            Ok(1)
        }
        #[tracked]
        pub(super) fn in_super() -> Result<u8, ()> {
            private()
        }
        #[tracked]
        fn private() -> Result<u8, ()> {
            Err(())
        }
        #[tracked]
        pub(self) async fn in_self() -> u8 {
            3
        }
        #[tracked]
        pub(crate) fn in_crate() -> u8 {
            futures::executor::block_on(in_self())
        }
    }

    #[tracked]
    pub fn all() -> (Result<u8, ()>, Result<u8, ()>) {
        (inner::in_outer(), inner::in_super())
    }
}

fn main() {
    println!("{:?} {}", outer::all(), outer::inner::in_crate());
}
