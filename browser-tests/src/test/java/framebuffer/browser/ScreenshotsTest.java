package framebuffer.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasCountOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import framebuffer.client.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a newcomer is to see at once: which camera is slow, which detector is overloaded, where a frame is. The pictures in the
 * documentation are made here: {@code -Dscreenshots=../docs/images}.
 */
class ScreenshotsTest {
    private static final Path PICTURES = Path.of(System.getProperty("screenshots"));
    private static final Pattern ADDRESS = Pattern.compile("Open (http://\\S+)");
    private static final double LONG = 40_000;

    @RegisterExtension
    static final Chromium chromium = new Chromium();

    @TempDir
    Path folder;

    private static void shoot(Page page, String name) throws IOException {
        Files.createDirectories(PICTURES);
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    @Test
    void theDemoSaysWhereThePageIsAndItShowsWhatDetectorsSee() throws IOException {
        Process demo = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                "framebuffer.app.Main", "demo", "--port", "0", "--data-dir", folder.toString()))
                .redirectErrorStream(true).start();
        try (BufferedReader said = demo.inputReader(StandardCharsets.UTF_8)) {
            String url = said.lines().map(ADDRESS::matcher).filter(Matcher::find).map(found -> found.group(1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("the demo did not say where the page is"));
            Page page = chromium.open(url, 1_280, 1_000, ColorScheme.LIGHT);
            assertThat(page.locator("#pictures img")).hasCount(4, new HasCountOptions().setTimeout(LONG));
            page.locator("#pictures-of").selectOption("person_detection");
            page.waitForFunction(
                    "[...document.querySelectorAll('#pictures img')].every((image) => image.naturalWidth > 0)");
            assertThat(page.locator("#at-cameras .name")).hasText(new String[]{"east", "north", "south", "west"});
            assertThat(page.locator("#topology path")).hasCount(16, new HasCountOptions().setTimeout(LONG));
            shoot(page, "page-desktop");
            Page phone = chromium.open(url, 390, 844, ColorScheme.DARK);
            assertThat(phone.locator("#topology path")).hasCount(16);
            shoot(phone, "page-phone");
        } finally {
            demo.destroy();
        }
    }

    @Test
    void inAnOverloadItSaysWhichCameraIsSlowAndWhichDetectorIsOverloaded() throws InterruptedException, IOException {
        AtomicInteger frame = new AtomicInteger();
        try (Site site = new Site(folder);
                ScheduledExecutorService cameras = Executors.newSingleThreadScheduledExecutor()) {
            site.working("face-1", 8, "face_detection");
            site.working("vehicle-1", 8, "vehicle_detection");
            site.idle("people-1", 6, "person_detection");
            ScheduledFuture<?> feeding = cameras.scheduleAtFixedRate(() -> {
                int n = frame.getAndIncrement();
                site.capture("gate-" + n, "gate", "vehicle_detection");
                site.capture("yard-" + n, "yard", "face_detection");
                site.capture("hall-" + n, "hall", "face_detection");
                if (n % 5 == 0) {
                    site.capture("door-" + n, "door", "face_detection");
                }
                if (n % 20 == 0) {
                    site.capture("shop-" + n, "shop", "person_detection");
                }
            }, 0, 100, TimeUnit.MILLISECONDS);
            Page page = chromium.open(site.url(), 1_280, 1_000, ColorScheme.LIGHT);
            HasTextOptions patient = new HasTextOptions().setTimeout(LONG);
            assertThat(PageTest.row(page, "processors", "people-1").locator("td").first()).hasText("overloaded",
                    patient);
            assertThat(PageTest.row(page, "cameras", "door").locator("td").first()).hasText("slow", patient);
            assertThat(PageTest.row(page, "cameras", "yard").locator("td").first()).hasText("flows");
            assertThat(PageTest.row(page, "processors", "face-1").locator("td").first()).hasText("healthy");
            assertThat(page.locator("#processors tbody th").first()).hasText("people-1");
            shoot(page, "page-overload");
            assertThat(feeding.isDone()).as("the cameras went on").isFalse();
            feeding.cancel(false);
        }
    }

    @Test
    void inAFailureItSaysWhoFailsAndWhereAFrameIs() throws InterruptedException, IOException {
        try (Site site = new Site(folder)) {
            site.working("face-1", 8, "face_detection");
            site.working("people-1", 8, "person_detection", _ -> {
                throw new IllegalStateException("CUDA error: out of memory");
            });
            site.working("plates-1", 8, "plate_recognition", _ -> Answer.reject("the picture is too small"));
            site.idle("vehicle-1", 8, "vehicle_detection", 1);
            for (int i = 0; i < 6; i++) {
                site.capture("yard-" + i, "yard", "face_detection");
                site.capture("gate-" + i, "gate", "plate_recognition");
                site.capture("hall-" + i, "hall", "person_detection");
            }
            Page page = chromium.open(site.url() + "#frame=hall-0", 1_280, 1_300, ColorScheme.LIGHT);
            HasTextOptions patient = new HasTextOptions().setTimeout(LONG);
            assertThat(PageTest.row(page, "processors", "people-1").locator("td").first()).hasText("cut off", patient);
            assertThat(PageTest.row(page, "processors", "vehicle-1").locator("td").first()).hasText("unhealthy",
                    patient);
            assertThat(PageTest.row(page, "letters", "gate-0")).containsText("the picture is too small");
            Locator journey = page.locator("#journey");
            assertThat(journey).containsText("handed to people-1 for person_detection, attempt 2");
            assertThat(journey).containsText("failed with this frame before");
            page.evaluate("scrollTo(0, 0)");
            shoot(page, "page-failure");
        }
    }
}
