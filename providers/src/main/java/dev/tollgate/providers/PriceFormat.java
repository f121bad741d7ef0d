package dev.tollgate.providers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A format of price files. What a file of others says of a model in a way that cannot be read, or
 * does not say, leaves that model without a price; what it says of none but tokens is left out.
 */
public enum PriceFormat {
  /** Tollgate's own, that of the shipped catalogue. Every mistake is an error. */
  TOLLGATE(OwnPrices::read),
  /** LiteLLM's {@code model_prices_and_context_window.json}. */
  LITELLM(LiteLlmPrices::read),
  /** The {@code api.json} of models.dev. */
  MODELS_DEV(ModelsDevPrices::read),
  /** OpenRouter's {@code /api/v1/models}. */
  OPENROUTER(OpenRouterPrices::read),
  /** The {@code data.json} or {@code data_slim.json} of genai-prices. */
  GENAI_PRICES(GenaiPrices::read);

  private interface Reader {
    void read(JsonNode file, Catalogue.Builder catalogue) throws PriceFileException;
  }

  private final Reader reader;

  PriceFormat(Reader reader) {
    this.reader = reader;
  }

  /**
   * The prices in a file.
   *
   * @throws PriceFileException when it is no JSON, or holds no price in this format
   */
  public Catalogue read(byte[] file) throws PriceFileException {
    Catalogue.Builder catalogue = new Catalogue.Builder();
    try {
      reader.read(Json.read(file, 0, file.length), catalogue);
    } catch (JsonProcessingException malformed) {
      throw new PriceFileException("is no JSON: " + malformed.getOriginalMessage(), malformed);
    }
    Catalogue read = catalogue.build();
    if (read.names().isEmpty()) {
      throw new PriceFileException("holds no price in the format " + this);
    }
    return read;
  }
}
