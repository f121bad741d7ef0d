package dev.tollgate.sample;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between the modules, which point inward only. */
class ArchitectureTest {

  private static final String STORE = "dev.tollgate.store";
  private static final String CORE = "dev.tollgate";

  private static JavaClasses product;

  @BeforeAll
  static void importProduct() {
    product =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(CORE);
  }

  @ParameterizedTest(name = "{0} uses only {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "dev.tollgate.store       | ",
        "dev.tollgate             | dev.tollgate.store",
        "dev.tollgate.store.file  | dev.tollgate.store",
        "dev.tollgate.store.redis | dev.tollgate.store",
        "dev.tollgate.providers   | dev.tollgate dev.tollgate.store",
        "dev.tollgate.config      | dev.tollgate dev.tollgate.store dev.tollgate.providers",
        "dev.tollgate.alerts      | dev.tollgate",
        "dev.tollgate.filter      | dev.tollgate dev.tollgate.store dev.tollgate.config dev.tollgate.providers",
        "dev.tollgate.cdi         | dev.tollgate dev.tollgate.store dev.tollgate.config dev.tollgate.providers",
        "dev.tollgate.dashboard   | dev.tollgate dev.tollgate.store dev.tollgate.config dev.tollgate.providers",
        "dev.tollgate.simulator   | dev.tollgate dev.tollgate.store dev.tollgate.config",
        "dev.tollgate.sample      | dev.tollgate dev.tollgate.config dev.tollgate.cdi",
      })
  void usesOnlyWhatIsFurtherIn(String module, String inner) {
    String[] others = inner == null ? new String[0] : inner.split(" ");
    String[] allowed = Stream.concat(Stream.of(module), Stream.of(others)).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("dev.tollgate..").and(not(resideInAnyPackage(allowed))))
        .check(product);
  }

  /** A module that the table above does not know would have no arrows. */
  @Test
  void everyPackageIsAModuleOfTheTable() {
    assertThat(product.stream().map(JavaClass::getPackageName).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            CORE,
            STORE,
            "dev.tollgate.store.file",
            "dev.tollgate.store.redis",
            "dev.tollgate.providers",
            "dev.tollgate.config",
            "dev.tollgate.alerts",
            "dev.tollgate.filter",
            "dev.tollgate.cdi",
            "dev.tollgate.dashboard",
            "dev.tollgate.simulator",
            "dev.tollgate.sample");
  }

  @Test
  void noPackagesUseOneAnother() {
    slices().matching("(dev.tollgate..)").should().beFreeOfCycles().check(product);
  }

  @Test
  void coreUsesNothingButTheJdkAndJSpecify() {
    classes()
        .that()
        .resideInAnyPackage(CORE, STORE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify.annotations", CORE, STORE)
        .check(product);
  }

  @Test
  void noNameSaysNothing() {
    String empty = "(util|utils|common|impl|manager|helper)";
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..impl..", "..manager..", "..helper..")
        .orShould()
        .haveNameMatching("(?i).*[.$]" + empty)
        .orShould()
        .haveNameMatching(".*(Util|Utils|Common|Impl|Manager|Helper)")
        .orShould()
        .haveNameMatching(".*[.$]Abstract[A-Za-z]*Base")
        .check(product);
  }
}
