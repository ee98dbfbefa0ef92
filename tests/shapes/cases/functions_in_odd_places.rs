const VALUE: u8 = {
    struct Inside;

    impl Inside {
        #[tracked]
        #[allow(dead_code)]
        fn never_called(&self) -> Result<u8, u8> {
            Ok(VALUE)
        }
    }

    7
};

const _: () = {
    #[tracked]
    #[no_mangle]
    extern "C" fn shapes_in_a_constant() -> u8 {
        VALUE
    }
};

static FUNCTION: fn(u8) -> Result<u8, u8> = {
    #[tracked]
    fn in_static(n: u8) -> Result<u8, u8> {
        if n > VALUE { Err(n) } else { Ok(n) }
    }
    in_static
};

type Array = [u8; {
    #[tracked]
    #[allow(dead_code)]
    fn in_type() -> Option<u8> {
        None
    }
    2
}];

extern "C" {
    fn shapes_in_a_constant() -> u8;
}

fn main() {
    let array: Array = [1; 2];
    println!("{:?} {:?} {:?} {}", FUNCTION(1), FUNCTION(9), array, unsafe { shapes_in_a_constant() });
    match 3 {
        n if {
            #[tracked]
            fn in_guard(n: u8) -> Result<bool, ()> {
                Ok(n == 3)
            }
            in_guard(n).unwrap()
        } =>
        {
            println!("three")
        }
        _ => println!("another"),
    }
}
