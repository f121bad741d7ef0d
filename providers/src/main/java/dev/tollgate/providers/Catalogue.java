package dev.tollgate.providers;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tollgate.Price;
import dev.tollgate.Price.LongContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The prices of models, each from a day on. Immutable.
 *
 * <p>A catalogue knows a model as {@code provider/model}, as that provider charges it, and as
 * {@code model} alone, as its maker charges it; if only others offer it, as the dearest of them
 * does.
 */
public final class Catalogue {

  /** The first day of a price that is said to begin on none. */
  static final LocalDate ALWAYS = LocalDate.EPOCH;

  private static final String SHIPPED = "catalogue.json";

  /** Who makes models; those who offer models of others too come last. */
  private static final List<String> MAKERS =
      List.of(
          "openai",
          "anthropic",
          "mistral",
          "mistralai",
          "deepseek",
          "xai",
          "x-ai",
          "gemini",
          "google",
          "cohere",
          "qwen",
          "moonshotai",
          "zai",
          "z-ai",
          "minimax",
          "meta-llama",
          "llama",
          "alibaba");

  private final NavigableMap<String, NavigableMap<LocalDate, Price>> prices;

  private Catalogue(Map<String, NavigableMap<LocalDate, Price>> prices) {
    this.prices = Collections.unmodifiableNavigableMap(new TreeMap<>(prices));
  }

  /** The catalogue that this version came with: list prices, as its file says, of its date. */
  public static Catalogue shipped() {
    try {
      return PriceFormat.TOLLGATE.read(resource());
    } catch (PriceFileException wrong) {
      throw new IllegalStateException("resource " + SHIPPED + ": " + wrong.getMessage(), wrong);
    }
  }

  /** The day up to which the shipped prices are those that the providers published. */
  public static LocalDate shippedOn() {
    byte[] file = resource();
    try {
      return LocalDate.parse(Json.read(file, 0, file.length).path("published").asText());
    } catch (JsonProcessingException | DateTimeParseException wrong) {
      throw new IllegalStateException("resource " + SHIPPED + ": " + wrong.getMessage(), wrong);
    }
  }

  private static byte[] resource() {
    try (InputStream file = Catalogue.class.getResourceAsStream(SHIPPED)) {
      if (file == null) {
        throw new IllegalStateException("resource " + SHIPPED + " is missing");
      }
      return file.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The prices on a day, by the model's name. */
  public Map<String, Price> prices(LocalDate day) {
    Map<String, Price> onDay = new HashMap<>();
    prices.forEach(
        (name, dated) -> {
          Map.Entry<LocalDate, Price> begun = dated.floorEntry(day);
          onDay.put(name, (begun != null ? begun : dated.firstEntry()).getValue());
        });
    return onDay;
  }

  /** This catalogue, with another's prices for all that the other knows. */
  public Catalogue overriddenBy(Catalogue other) {
    Map<String, NavigableMap<LocalDate, Price>> both = new TreeMap<>(prices);
    both.putAll(other.prices);
    return new Catalogue(both);
  }

  /** The names of all models it knows, sorted. */
  public Set<String> names() {
    return prices.keySet();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Catalogue catalogue && prices.equals(catalogue.prices);
  }

  @Override
  public int hashCode() {
    return prices.hashCode();
  }

  /** Gathers what a file tells. Not thread-safe. */
  static final class Builder {

    private record Offer(String provider, String model) {}

    private final Map<String, NavigableMap<LocalDate, Price>> named = new HashMap<>();
    private final Map<Offer, NavigableMap<LocalDate, Price>> offers = new HashMap<>();

    /** A model's price, as it is to be found by this name. */
    void add(String name, LocalDate from, Price told) {
      Price price = complete(name, told);
      named.computeIfAbsent(name, key -> new TreeMap<>()).put(from, price);
    }

    /** What a provider charges for a model, whether it made it or not. */
    void add(String provider, String model, LocalDate from, Price told) {
      Price price = complete(model, told);
      add(provider + "/" + model, from, price);
      offers.computeIfAbsent(new Offer(provider, model), key -> new TreeMap<>()).put(from, price);
    }

    /**
     * Anthropic charges twice the input for what a cache keeps for an hour, whoever resells its
     * models; files that tell no such price mean no lower one.
     */
    private static Price complete(String model, Price told) {
      boolean silent = told.hourCacheWrite() <= told.cacheWrite();
      if (!silent || !model.contains("claude")) {
        return told;
      }
      return new Price(
          told.input(),
          told.cacheRead(),
          told.cacheWrite(),
          Math.max(told.cacheWrite(), Math.min(2 * told.input(), Price.MAX)),
          told.output(),
          told.reasoning(),
          told.longContext().stream()
              .map(tier -> new LongContext(tier.aboveInputTokens(), complete(model, tier.price())))
              .toList());
    }

    Catalogue build() {
      offers.keySet().stream()
          .collect(Collectors.groupingBy(Offer::model))
          .forEach((model, all) -> named.computeIfAbsent(model, key -> dated(choose(all))));
      return new Catalogue(named);
    }

    private NavigableMap<LocalDate, Price> dated(Offer offer) {
      return offers.getOrDefault(offer, new TreeMap<>());
    }

    private Offer choose(List<Offer> all) {
      return all.stream()
          .filter(offer -> MAKERS.contains(offer.provider))
          .min(Comparator.comparingInt(offer -> MAKERS.indexOf(offer.provider)))
          .or(() -> all.stream().max(Comparator.comparingLong(this::latest)))
          .orElseThrow();
    }

    private long latest(Offer offer) {
      Price price = dated(offer).lastEntry().getValue();
      return price.input() + price.output();
    }
  }
}
