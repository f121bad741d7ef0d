package dev.tollgate.sample;

import dev.tollgate.sample.SampleSettings.ProviderSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.config.ConfigProvider;

/** Opens the provider that the configuration names, and closes it with the application. */
@ApplicationScoped
class ProviderProducer {

  @Produces
  @ApplicationScoped
  Provider open() {
    return of(SampleSettings.read(ConfigProvider.getConfig()).provider());
  }

  void close(@Disposes Provider provider) {
    provider.close();
  }

  private static Provider of(ProviderSettings settings) {
    if (settings instanceof ProviderSettings.OpenAi openAi) {
      return new OpenAiProvider(openAi);
    }
    return new SimulatedProvider(((ProviderSettings.Simulated) settings).delay());
  }
}
