/**
 * One registry over all partitions, and shares of the processors that read in several of them.
 *
 * <p>
 * Each partition uses a <em>share</em> of a processor's capacity, which its own slot holds. The first partition holds the <em>grants</em>
 * of all partitions, which never exceed the capacity in total. A share is lowered before its grant and raised after it. So at each moment,
 * even if a process dies between two steps: <em>outstanding frames &le; share &le; grant</em>, apart from leftovers of a larger share.
 *
 * <p>
 * One turn of one processor in one partition ({@link framebuffer.orchestrator.cluster.partitions.ShareState}). Brackets: the command.
 *
 * <pre>
 *                   no share  [set share 0]
 *            .---------------------------------------.
 *            |                                       v
 *   (begin) -+------------------------------------> Held &lt;---------------------------------------------.
 *                   a share                          |                                                |
 *                                                    | Planned(grant, target)                         |
 *                     .------------------------------+------------------------------.                 |
 *                     | share or target              | grant is right,              | share and grant |
 *                     | below the grant              | share too low, or            | are right:      |
 *                     |                              | target above the grant       | stays Held      |
 *                     v [lower share, new version]   |                                                |
 *                  Lowering                          |                                                |
 *                     | Changed: give back           |                                                |
 *                     |   what is not outstanding    |                                                |
 *                     | Refused: give nothing back   |                                                |
 *                     +-----------------------------&gt;+ nothing to ask for -------------------------&gt; +
 *                                                    v [set grant]                                    |
 *                                               Requesting                                            |
 *                                                    | Granted [raise share to it]                    |
 *                                                    | Refused                                        |
 *                                                    '------------------------------------------------'
 * </pre>
 *
 * <p>
 * A process that pauses between two steps must not finish them after another process has continued. So each change names the version that
 * it saw, and makes a new one: lowering a share to its current value still changes its version, and an unused grant is confirmed with a new
 * version before use.
 */
@NullMarked
package framebuffer.orchestrator.cluster.partitions;

import org.jspecify.annotations.NullMarked;
