package dev.tollgate.providers;

import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a provider says that it charged. Immutable.
 *
 * @param nanoUsd nano-USD by day of UTC, rounded up; less than 0 on a day with more credits than
 *     charges. A day that the provider does not tell is not there
 */
public record Bill(SortedMap<LocalDate, Long> nanoUsd) {

  public Bill {
    nanoUsd = Collections.unmodifiableSortedMap(new TreeMap<>(nanoUsd));
  }
}
