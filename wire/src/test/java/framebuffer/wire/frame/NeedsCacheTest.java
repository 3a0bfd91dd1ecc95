package framebuffer.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeedsCacheTest {
    private final NeedsCache known = new NeedsCache();

    @Test
    void whatWasReadIsFoundByTheSameBytesAndNoOthers() {
        known.remember(bytes("person"), bytes("{\"fps\":30}"), List.of("person"));
        assertThat(known.find(bytes("person"), bytes("{\"fps\":30}"))).containsExactly("person");
        assertThat(known.find(bytes("person"), bytes("{\"fps\":31}"))).isNull();
        assertThat(known.find(bytes("face"), bytes("{\"fps\":30}"))).isNull();
        assertThat(known.find(null, bytes("{\"fps\":30}"))).isNull();
    }

    @Test
    void ofAnyNumberOfThemSomeAreRememberedAndEachAsItWas() {
        for (int i = 0; i < 100_000; i++) {
            known.remember(bytes("need" + i), null, List.of("need" + i));
        }
        long found = 0;
        for (int i = 0; i < 100_000; i++) {
            List<String> needs = known.find(bytes("need" + i), null);
            assertThat(needs == null || needs.equals(List.of("need" + i))).isTrue();
            found += needs == null ? 0 : 1;
        }
        assertThat(found).isBetween(2_000L, 4_096L);
    }

    @Test
    void whatIsLongIsNotRemembered() {
        known.remember(null, new byte[513], List.of());
        assertThat(known.find(null, new byte[513])).isNull();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
