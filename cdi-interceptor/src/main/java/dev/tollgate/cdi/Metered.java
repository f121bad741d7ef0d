package dev.tollgate.cdi;

import dev.tollgate.Usage;

/** A result that tells what it used. */
@FunctionalInterface
public interface Metered {

  Usage usage();
}
