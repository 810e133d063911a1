// The generated accessor is all the code of this library.
