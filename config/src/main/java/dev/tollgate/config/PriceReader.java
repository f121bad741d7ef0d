package dev.tollgate.config;

import dev.tollgate.Price;
import dev.tollgate.PriceBook.Unpriced;
import dev.tollgate.providers.Catalogue;
import dev.tollgate.providers.PriceFeed;
import dev.tollgate.providers.PriceFormat;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what models cost. */
final class PriceReader {

  private static final Key PRICES = Key.single("prices");
  private static final Key FORMAT = Key.single("prices-format");
  private static final Pattern SCHEME = Pattern.compile("(file|https?):.*");

  private static final Syntax<Optional<URI>> ADDRESS =
      new Syntax<>(
          "/etc/prices.json or https://models.dev/api.json", text -> Optional.of(address(text)));

  private final Values values;

  PriceReader(Values values) {
    this.values = values;
  }

  PriceSettings read() {
    return new PriceSettings(
        own(), values.get("unpriced", Syntax.oneOf(Unpriced.class), Unpriced.CEILING), feed());
  }

  private Map<String, Price> own() {
    Map<String, Price> own = new HashMap<>();
    for (String model : values.names(Key.PRICE)) {
      Key key = new Key(Key.PRICE, model, "");
      own.put(model, values.get(key, PriceSyntax.WHOLE, Price.FREE));
    }
    return own;
  }

  private Optional<PriceSettings.Feed> feed() {
    PriceFormat format = values.get(FORMAT, Syntax.oneOf(PriceFormat.class), PriceFormat.TOLLGATE);
    if (values.has(FORMAT) && !values.has(PRICES)) {
      values.report(FORMAT, "is the format of no file", "set " + PRICES + " or remove it");
    }
    Optional<URI> address = values.get(PRICES, ADDRESS, Optional.empty());
    address
        .filter(uri -> uri.getScheme().equals("file"))
        .ifPresent(uri -> requirePrices(uri, format));
    return address.map(uri -> new PriceSettings.Feed(uri, format));
  }

  /** A file can be read at once, so that a mistake in it stops the deployment. */
  private void requirePrices(URI uri, PriceFormat format) {
    PriceFeed feed = new PriceFeed(uri, format, Catalogue.shipped());
    feed.refresh();
    feed.problem().ifPresent(problem -> values.report(PRICES, problem, "correct it or " + FORMAT));
  }

  private static URI address(String text) {
    try {
      URI uri =
          SCHEME.matcher(text).matches() ? new URI(text) : Path.of(text).toAbsolutePath().toUri();
      boolean local = uri.getScheme().equals("file");
      if (!uri.isOpaque() && local == (uri.getHost() == null)) {
        return uri;
      }
    } catch (URISyntaxException | InvalidPathException wrong) {
      throw new IllegalArgumentException("is neither a file nor a URL", wrong);
    }
    throw new IllegalArgumentException("is neither a file of this machine nor a URL");
  }
}
