package framebuffer.migration.splitter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSplitTest {
    private final AtomicInteger share = new AtomicInteger();
    private final RequestSplit split = new RequestSplit(share::get);

    private List<Boolean> requests(int count) {
        List<Boolean> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(split.choosesNew(false));
        }
        return chosen;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 33, 50, 90, 99, 100})
    void theShareIsExactInAnyHundredConsecutiveRequests(int percent) {
        requests(17);
        share.set(percent);
        List<Boolean> chosen = requests(450);
        for (int from = 0; from + 100 <= chosen.size(); from++) {
            assertThat(chosen.subList(from, from + 100)).filteredOn(isNew -> isNew).hasSize(percent);
        }
    }

    @Test
    void aNewShareIsEffectiveWithTheNextRequest() {
        assertThat(requests(50)).doesNotContain(true);
        share.set(100);
        assertThat(requests(50)).doesNotContain(false);
        share.set(0);
        assertThat(requests(50)).doesNotContain(true);
    }

    @Test
    void anAcknowledgementGoesToTheNewSideAndLaterRequestsMakeUpForIt() {
        share.set(10);
        int toNew = 0;
        for (int i = 0; i < 1_000; i++) {
            toNew += split.choosesNew(i % 50 == 7) ? 1 : 0;
        }
        assertThat(toNew).isEqualTo(100);
    }

    @Test
    void acknowledgementsAloneExceedTheShareAndAreMadeUpForToALimit() {
        share.set(50);
        for (int i = 0; i < 1_000; i++) {
            assertThat(split.choosesNew(true)).isTrue();
        }
        assertThat(requests(200)).doesNotContain(true);
        assertThat(requests(100)).filteredOn(isNew -> isNew).hasSize(50);
    }
}
