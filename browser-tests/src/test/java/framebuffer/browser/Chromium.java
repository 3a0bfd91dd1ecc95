package framebuffer.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A Chromium that is installed: {@code $CHROMIUM}, or one on the path. Where there is none the tests are skipped, in CI they fail.
 * Whatever a page reports as an error fails the test.
 */
final class Chromium implements BeforeAllCallback, AfterAllCallback, AfterEachCallback {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome",
            "google-chrome-stable");
    /** Without a sandbox, for it has none where it runs as root; it sees this service only. */
    private static final List<String> QUIET = List.of("--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync");

    private final List<String> errors = new ArrayList<>();
    private final List<BrowserContext> contexts = new ArrayList<>();
    private @Nullable Playwright playwright;
    private @Nullable Browser browser;

    @Override
    public void beforeAll(ExtensionContext context) {
        Optional<Path> program = program();
        if (program.isEmpty() && System.getenv("CI") != null) {
            throw new AssertionError("no Chromium: apt-get install chromium, or set CHROMIUM");
        }
        Assumptions.assumeTrue(program.isPresent(), "no Chromium is installed");
        playwright = Playwright.create();
        browser = playwright.chromium()
                .launch(new LaunchOptions().setExecutablePath(program.orElseThrow()).setArgs(QUIET));
    }

    private static Optional<Path> program() {
        String given = System.getenv("CHROMIUM");
        Stream<Path> candidates = given != null
                ? Stream.of(Path.of(given))
                : Arrays.stream(System.getenv("PATH").split(":"))
                        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)));
        return candidates.filter(Files::isExecutable).findFirst();
    }

    /** A page of this size, in a browser that knows nothing yet. */
    Page open(String url, int width, int height, ColorScheme scheme) {
        BrowserContext context = Objects.requireNonNull(browser).newContext(
                new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
        contexts.add(context);
        Page page = context.newPage();
        page.onPageError(errors::add);
        page.onConsoleMessage(message -> {
            // What the network refuses is told by the page itself.
            if (message.type().equals("error") && !message.text().startsWith("Failed to load resource")) {
                errors.add(message.text());
            }
        });
        page.navigate(url);
        return page;
    }

    Page open(String url) {
        return open(url, 1_280, 900, ColorScheme.LIGHT);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        contexts.forEach(BrowserContext::close);
        contexts.clear();
        List<String> reported = List.copyOf(errors);
        errors.clear();
        if (!reported.isEmpty()) {
            throw new AssertionError("the page reported " + reported);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
        }
    }
}
