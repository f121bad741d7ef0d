package dev.tollgate.config;

import dev.tollgate.Price;
import dev.tollgate.PriceBook;
import dev.tollgate.PriceBook.Unpriced;
import dev.tollgate.providers.Catalogue;
import dev.tollgate.providers.PriceFormat;
import java.net.URI;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;

/**
 * What the configuration says of prices.
 *
 * @param own prices of its own, by model, which go before all others
 * @param unpriced what becomes of models without a price
 * @param feed a price file, empty for none
 */
record PriceSettings(Map<String, Price> own, Unpriced unpriced, Optional<Feed> feed) {

  /** A file, or a web page, of prices. */
  record Feed(URI uri, PriceFormat format) {}

  PriceSettings {
    own = Map.copyOf(own);
  }

  /** The prices of a day. */
  PriceBook book(Catalogue catalogue, LocalDate day) {
    return new PriceBook(catalogue.prices(day), unpriced).with(own);
  }
}
