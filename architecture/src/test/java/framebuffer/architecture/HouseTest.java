package framebuffer.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HouseTest {
    private static final List<Source> SOURCES = Repository.sources().stream().map(Source::read).toList();

    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?[\\w.]*\\.(\\w+);$", Pattern.MULTILINE);

    @Test
    void noFileMethodOrNameBreaksAHardLimit() {
        assertThat(SOURCES).hasSizeGreaterThan(50);
        assertThat(Sizes.breaches(SOURCES)).isEmpty();
    }

    @Test
    void noPackageHasMoreTypesThanAreGraspedAtOnce() {
        assertThat(PackageSizes.breaches(SOURCES.stream().filter(source -> !source.isTest()).toList())).isEmpty();
    }

    @Test
    void aPackageOfTooManyTypesIsABreach() {
        String nested = "record A() { " + "record B() { } ".repeat(PackageSizes.TYPES) + "}";
        assertThat(PackageSizes.breaches(List.of(source(nested)))).singleElement().asString()
                .contains(PackageSizes.TYPES + 1 + " types");
        String exported = "public class A { } ".repeat(PackageSizes.EXPORTED + 1);
        assertThat(PackageSizes.breaches(List.of(source(exported)))).singleElement().asString()
                .contains(PackageSizes.EXPORTED + 1 + " public types");
    }

    /** {@code Settings} is the one name that a package may use again: it is read with the type around it. */
    @Test
    void aNameMeansOneThingWithinTheOrchestrator() {
        List<Source> sources = SOURCES.stream().filter(source -> !source.isTest())
                .filter(source -> source.path().startsWith("orchestrator")).toList();
        Map<String, List<String>> places = PackageSizes.names(sources);
        assertThat(places).isNotEmpty().allSatisfy((name, folders) -> {
            assertThat(folders).as(name).doesNotHaveDuplicates();
            if (!name.equals("Settings")) {
                assertThat(folders).as(name).hasSize(1);
            }
        });
    }

    @Test
    void everyPackageSaysWhatItIs() {
        assertThat(SOURCES.stream().filter(source -> !source.isTest()).map(source -> source.path().getParent())
                .distinct())
                .allSatisfy(folder -> assertThat(Repository.root().resolve(folder).resolve("package-info.java"))
                        .exists().content().contains("/**", "@NullMarked"));
    }

    @Test
    void noImportIsUnused() {
        assertThat(SOURCES.stream()
                .flatMap(source -> unusedImports(source).stream().map(name -> source.path() + " imports " + name)))
                .isEmpty();
    }

    @Test
    void anUnusedImportIsFoundUnlessADocMentionsIt() {
        String imports = "import a.B;\nimport static a.C.d;\nimport a.e.*;\n";
        assertThat(unusedImports(source(imports + "class A { }"))).containsExactly("B", "d");
        assertThat(unusedImports(source(imports + "/** Like {@link B}. */\nclass A { int a = d(); }"))).isEmpty();
    }

    @Test
    void aFileOf401LinesIsABreach() {
        assertThat(breaches("class A {\n}\n" + "\n".repeat(399))).singleElement().asString().contains("401 lines");
        assertThat(breaches("class A {\n}\n" + "\n".repeat(398))).isEmpty();
    }

    @Test
    void aMethodOf51LinesIsABreach() {
        assertThat(breaches("class A {\n/** Doc. */\nvoid a() {\n" + "\n".repeat(49) + "}\n}")).singleElement()
                .asString().isEqualTo("x/src/main/java/A.java:3 a has 51 lines, allowed are 50");
        assertThat(breaches("class A {\n/** Doc. */\nvoid a() {\n" + "\n".repeat(48) + "}\n}")).isEmpty();
    }

    @Test
    void aMethodOf6ParametersIsABreachAndARecordOf6ComponentsIsNone() {
        String six = IntStream.range(0, 6).mapToObj(i -> "int p" + i).collect(Collectors.joining(", ", "(", ")"));
        assertThat(breaches("class A { void a" + six + " { } }")).singleElement().asString().contains("6 parameters");
        assertThat(breaches("class A { A" + six + " { } }")).singleElement().asString().contains("6 parameters");
        assertThat(breaches("record A" + six + " { A { } }")).isEmpty();
        assertThat(breaches("record A" + six + " { A" + six + " { } }")).isEmpty();
    }

    @Test
    void aNameThatSaysNothingIsABreach() {
        assertThat(breaches("class FrameManager { }")).hasSize(1);
        assertThat(breaches("class StringUtils { }")).hasSize(1);
        assertThat(breaches("class A { interface Impl { } }")).hasSize(1);
        assertThat(breaches("class Implicit { }")).isEmpty();
    }

    /** The simple names of what this source imports and never mentions. */
    private static List<String> unusedImports(Source source) {
        String text = source.text();
        String rest = IMPORT.matcher(text).replaceAll("");
        return IMPORT.matcher(text).results().map(found -> found.group(1))
                .filter(name -> !Pattern.compile("\\b" + name + "\\b").matcher(rest).find()).toList();
    }

    private static List<String> breaches(String text) {
        return Sizes.breaches(List.of(source(text)));
    }

    private static Source source(String text) {
        return new Source(Path.of("x/src/main/java/A.java"), text);
    }
}
