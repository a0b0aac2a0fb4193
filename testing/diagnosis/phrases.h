#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

/// Everything that a diagnosis says in words of its own, in both languages. What else stands in it comes from
/// elsewhere: sentences from misconceptions/, a case's purpose from the reference data.
namespace lab {

struct Phrase {
  std::string_view en;
  std::string_view zh;  ///< with the same placeholders; numbers in them where the order is another
};

inline constexpr std::array phrases = {
    // What the dimensions of tensors count, alone and in the plural.
    Phrase{"token", "token"},
    Phrase{"tokens", "token"},
    Phrase{"head", "头"},
    Phrase{"heads", "头"},
    Phrase{"KV head", "KV 头"},
    Phrase{"KV heads", "KV 头"},
    Phrase{"element", "元素"},
    Phrase{"elements", "元素"},
    Phrase{"pair", "对"},
    Phrase{"pairs", "对"},
    Phrase{"query", "查询"},
    Phrase{"queries", "查询"},
    Phrase{"key", "键"},
    Phrase{"keys", "键"},
    Phrase{"position", "位置"},
    Phrase{"positions", "位置"},
    Phrase{"layer", "层"},
    Phrase{"layers", "层"},
    Phrase{"call", "调用"},
    Phrase{"calls", "调用"},
    Phrase{"token id", "token id"},
    Phrase{"token ids", "token id"},
    Phrase{"row", "行"},
    Phrase{"rows", "行"},
    Phrase{"column", "列"},
    Phrase{"columns", "列"},
    Phrase{"dim-0 index", "第 0 维下标"},
    Phrase{"dim-0 indices", "第 0 维下标"},
    Phrase{"dim-1 index", "第 1 维下标"},
    Phrase{"dim-1 indices", "第 1 维下标"},
    Phrase{"dim-2 index", "第 2 维下标"},
    Phrase{"dim-2 indices", "第 2 维下标"},
    Phrase{"dim-3 index", "第 3 维下标"},
    Phrase{"dim-3 indices", "第 3 维下标"},
    Phrase{", ", "，"},
    Phrase{" or ", " 或 "},

    // Elements.
    Phrase{"{} has not the shape that is expected, {}\n", "{} 的形状不对，应为 {}\n"},
    Phrase{"{} itself is right\n", "{} 本身是对的\n"},
    Phrase{"{}: expected {:.7g}, found {:.7g}", "{}：应为 {:.7g}，得到 {:.7g}"},
    Phrase{"{} {}: {} of {} elements are wrong{}\n", "{0} {1}：{3} 个元素中有 {2} 个错误{4}\n"},
    Phrase{" (rounding explains {:.2g})", "（舍入误差至多 {:.2g}）"},
    Phrase{"  first wrong: {}\n", "  第一个错误：{}\n"},
    Phrase{"  worst:       {}\n", "  误差最大：  {}\n"},
    Phrase{"  from {}:\n    expected{}\n    found   {}\n", "  从 {} 起：\n    应为    {}\n    得到    {}\n"},

    // What the wrong elements have in common.
    Phrase{"Nothing was written: {} still holds what stood there before the call.",
           "什么都没有写：{} 里还是调用之前的内容。"},
    Phrase{"Not written: wherever {} is wrong, it still holds what stood there before the call.",
           "没有写到：{} 错的地方都还是调用之前的内容。"},
    Phrase{"{} stands where a number should, first at {} (elements of this kind: {}).",
           "应为数的地方出现了 {}，第一处在 {}（这样的元素有 {} 个）。"},
    Phrase{"Infinity", "无穷大"},
    Phrase{" The same places held NaN or infinity before the call: was the old value read?",
           "调用之前这些地方就是 NaN 或无穷大：是不是读了旧值？"},
    Phrase{"Every wrong element is what is expected plus what stood there before the call.",
           "每个错误的元素都等于应有的值加上调用之前的值。"},
    Phrase{"Every wrong element is what is expected less what stood there before the call: that is missing.",
           "每个错误的元素都等于应有的值减去调用之前的值：少加了它。"},
    Phrase{"Every wrong element is what is expected plus {} times what stood there before the call.",
           "每个错误的元素都等于应有的值加上调用之前的值的 {} 倍。"},
    Phrase{"Every wrong element is 0.", "每个错误的元素都是 0。"},
    Phrase{"Every wrong element has the wrong sign and is right otherwise.",
           "每个错误的元素只是正负号反了。"},
    Phrase{"Every wrong element is {} times what is expected{}.", "每个错误的元素都是应有的值的 {} 倍{}。"},
    Phrase{"The weights are those of scores that are {} times what they should be{}.",
           "这些权重对应的分数是应有分数的 {} 倍{}。"},
    Phrase{", which is {} here", "，在这里就是 {}"},
    Phrase{"the width of a row", "一行的宽度"},
    Phrase{"some number (not shown)", "某个数（不显示）"},
    Phrase{"Every wrong element is too large by the same amount, {}.", "每个错误的元素都大了同样多：{}。"},
    Phrase{"Every wrong element is too small by the same amount, {}.", "每个错误的元素都小了同样多：{}。"},
    Phrase{"Each row is right but for a factor of its own ({}): look at what a row is divided by or "
           "multiplied with.",
           "每一行都只差一个自己的倍数（{}）：请看一行除以了什么、乘了什么。"},
    Phrase{"Each column is right but for a factor of its own ({}): look at what has one value for each "
           "column.",
           "每一列都只差一个自己的倍数（{}）：请看什么是每列一个值的。"},
    Phrase{"{}: {}", "{}：{}"},
    Phrase{
        "Every wrong element has no more digits than bfloat16 keeps: was something held in half precision?",
        "每个错误的元素都只有 bfloat16 能保留的位数：是不是有什么用半精度存放了？"},
    Phrase{"Whole slices stand at the wrong places (each {} once, permuted): {}.",
           "整个切片放错了地方（每个{}各出现一次，顺序乱了）：{}。"},
    Phrase{"Whole slices stand at the wrong places: {}.", "整个切片放错了地方：{}。"},
    Phrase{"{} {} holds what belongs into {}", "{} {} 里是应在 {} 的内容"},
    Phrase{"{} {} wasn't written", "{} {} 没有写"},
    Phrase{"These are the right elements in transposed order: they lie as ({}), expected ({}).",
           "元素都对，但顺序转置了：现在按（{}）存放，应按（{}）。"},
    Phrase{
        "Elements beside the part of the buffer that the function was given as {} were changed ({} of them): "
        "mind its strides.",
        "缓冲区中不属于 {} 的元素被改动了（{} 个）：注意它的步长。"},

    // Where they stand.
    Phrase{"only {} {} of {} is wrong", "只有{} {} 有错（共 {} 个）"},
    Phrase{"only {} after the first are wrong", "只有第一个之后的{}有错"},
    Phrase{"only {} from {} on are wrong", "只有从 {1} 起的{0}有错"},
    Phrase{"only {} {} to {} of {} are wrong", "只有{} {} 至 {} 有错（共 {} 个）"},
    Phrase{"only every second {} is wrong, from {} on", "从 {1} 起，只有每隔一个的{0}有错"},
    Phrase{"only keys that the query may not see are wrong", "只有查询看不到的键有错"},
    Phrase{"only keys that come from the cache are wrong (0 to {})", "只有来自缓存的键有错（0 至 {}）"},
    Phrase{"only positions that were in the cache before are wrong (0 to {}); no call may change those",
           "只有原来就在缓存里的位置有错（0 至 {}）；任何调用都不许改动它们"},
    Phrase{"only the new tokens' positions are wrong, {} to {}", "只有新 token 的位置有错，{} 至 {}"},
    Phrase{"only positions behind the new tokens' are wrong (from {} on)",
           "只有新 token 之后的位置有错（从 {} 起）"},
    Phrase{"only positions after those of the first call are wrong (from {} on)",
           "只有第一次调用之后的位置有错（从 {} 起）"},
    Phrase{", and ", "，而且"},
    Phrase{"{}.", "{}。"},

    // Exceptions, overruns, results that are no tensors.
    Phrase{"an exception came out: {}\n", "抛出了异常：{}\n"},
    Phrase{"it has no text", "它没有文字"},
    Phrase{"expected an exception ({}), but the call returned\n", "应抛出异常（{}），但调用正常返回了\n"},
    Phrase{"something was written outside of {} {}: before its first or after its last element\n",
           "写到了 {} {} 之外：在第一个元素之前或最后一个元素之后\n"},
    Phrase{"{} was not computed\n", "没有算出 {}\n"},
    Phrase{"nothing more", "再没有了"},
    Phrase{"{}: expected {}, found {}\n", "{}：应为 {}，得到 {}\n"},
    Phrase{"{}: found {}, which is not what is expected\n", "{}：得到 {}，与应有的不符\n"},
    Phrase{"{} differ from entry {} on: found {}\n", "{} 从第 {} 项起不同：得到 {}\n"},
    Phrase{"{} differ from entry {} on ({} expected, {} found):\n  expected {}\n  found    {}\n",
           "{} 从第 {} 项起不同（应有 {} 项，得到 {} 项）：\n  应为 {}\n  得到 {}\n"},

    // Where a forward pass leaves the right path.
    Phrase{"{}, called from {}", "{}（由 {} 调用）"},
    Phrase{"{}, which adds {}'s product to the residual", "{}（它把 {} 的乘积加进残差）"},
    Phrase{"The first intermediate result, {}, is wrong already. It comes from {}.\n",
           "第一个中间结果 {} 就已经错了。它来自 {}。\n"},
    Phrase{"Right up to {}; the first that is wrong is {}. It comes from {}.\n",
           "到 {} 为止都对；第一个错的是 {}。它来自 {}。\n"},
    Phrase{"Nothing was recorded in between, from {} to {}: was that computed?\n",
           "两者之间从 {} 到 {} 都没有记录：这些算了吗？\n"},
    Phrase{"All intermediate results are right up to {}, the last one.\n",
           "直到最后一个中间结果 {} 都对。\n"},
    Phrase{"The cache is right in all {} layers: what is wrong comes after the last layer's keys and values "
           "(its attention, its mlp, the last norm or lm_head).\n",
           "全部 {} 层的缓存都对：错误在最后一层的键和值之后（它的注意力、它的 mlp、最后的归一化或 "
           "lm_head）。\n"},
    Phrase{"The model cut to 1, 2, … layers gives the right logits for the same tokens in one call.\n",
           "把模型截到 1、2、…层，同样的 token 一次调用得到的 logits 都对。\n"},
    Phrase{"The model cut to its first layer gives wrong logits too: look at the last norm, lm_head and the "
           "row that they take, and at what your code does in the last layer only.\n",
           "把模型截到只剩第一层，logits 也错：请看最后的归一化、lm_head 和它们取的那一行，"
           "还有你的代码只在最后一层做的事。\n"},
    Phrase{"With layers up to {0} the model gives the right logits, with layer {1} too it doesn't: look at "
           "layer "
           "{1}'s self_attention, o_proj and mlp.\n",
           "只留到层 {0} 时 logits 是对的，再加上层 {1} 就不对：请看层 {1} 的 self_attention、o_proj 和 "
           "mlp。\n"},
    Phrase{"keys and values", "键和值"},
    Phrase{"values", "值"},
    Phrase{"The cache is right up to layer {0}; layer {1}'s {2} are wrong: look at what layer {0} does after "
           "its own keys and values (self_attention, o_proj, mlp).\n",
           "到层 {0} 为止缓存都对；层 {1} 的{2}错了：请看层 {0} 在自己的键和值之后做的事"
           "（self_attention、o_proj、mlp）。\n"},
    Phrase{"Layer 0's keys are wrong in the cache, its values are right: look at k_proj and rope.\n",
           "缓存里层 0 的键错了，值是对的：请看 k_proj 和 rope。\n"},
    Phrase{
        "Layer 0's values are wrong in the cache, its keys are right: look at v_proj and the rows that are "
        "written.\n",
        "缓存里层 0 的值错了，键是对的：请看 v_proj 和写入的行。\n"},
    Phrase{"Layer 0's keys and values are wrong in the cache already: look at gather, input_layernorm, the "
           "projections and the rows that are written.\n",
           "缓存里层 0 的键和值就已经错了：请看 gather、input_layernorm、投影和写入的行。\n"},

    // Names of known mistakes.
    Phrase{"{}{} Read section {} of {}.\n", "{0}{1}请读 {3} 第 {2} 节。\n"},
    Phrase{"What fits all cases: ", "与所有用例都相符的是："},
    Phrase{"Or: ", "或者："},
    Phrase{"Two mistakes together explain it:\n", "两个错误合在一起才说得通：\n"},
    Phrase{"Or these two:\n", "或者这两个：\n"},

    // Around a case.
    Phrase{"the result is not what transformers computes\n", "结果与 transformers 算的不同\n"},
    Phrase{
        "The first call is right, but the same call after another one isn't: is something kept between calls "
        "(a static or global variable)?\n",
        "第一次调用是对的，在另一次调用之后再做同样的调用就不对了：是不是有什么在两次调用之间留了下来"
        "（static 或全局变量）？\n"},
    Phrase{" {} passes all {} cases.", " {} 的 {} 个用例全部通过。"},
    Phrase{" {} fails {} of {} cases, so mend it first.", " {0} 的 {2} 个用例中有 {1} 个失败，请先改它。"},
    Phrase{"\nSo look at {} itself and at what it hands to them.", "\n所以请看 {} 本身和它传给它们的东西。"},
    Phrase{"Alone, on golden inputs:{}\n", "单独用标准输入测试：{}\n"},
    Phrase{"In {}, on the same model: {}", "在 {} 中，同一个模型：{}"},
    Phrase{"it didn't end: is there an endless loop? See where: ./lab debug {}, then Ctrl-C\n",
           "它没有结束：是不是有死循环？看在哪里：./lab debug {}，然后按 Ctrl-C\n"},
    Phrase{"it crashed ({}): look where with ./lab debug {}\n",
           "它崩溃了（{}）：用 ./lab debug {} 看在哪里\n"},
    Phrase{"it ended the program, with exit code {}: a function returns or throws, and calls no exit\n",
           "它结束了整个程序，退出码 {}：函数要么返回要么抛出异常，不调用 exit\n"},
    Phrase{"it was not run, since others did not end\n", "它没有运行，因为别的用例没有结束\n"},

    // A case and its call.
    Phrase{"; … {} calls", "；…… 共 {} 次调用"},
    Phrase{" in {}'s memory", "，在 {} 的内存里"},
    Phrase{"What goes in, output buffers as they are before the call:",
           "输入（输出缓冲区是调用之前的内容）："},
    Phrase{"The model; its other layers have weights of the same shapes:", "模型（其他层的权重形状相同）："},
    Phrase{"What must come out:", "应得的结果："},
    Phrase{", exactly", "，必须完全相等"},
    Phrase{", within {:.2g}", "，容差 {:.2g}"},
    Phrase{"  … {} more\n", "  …… 还有 {} 行\n"},
    Phrase{"and {} recorded tensors, if your code records them\n",
           "以及 {} 个记录的张量（如果你的代码记录了它们）\n"},
    Phrase{"What your code gives:", "你的代码得到的结果："},
    Phrase{"Your code passes it.\n", "你的代码通过了。\n"},
    Phrase{"It doesn't pass:", "没有通过："},
    Phrase{"{} makes several calls and compares them with each other: see tests/{}, line {}.\n",
           "{} 做了几次调用并互相比较：见 tests/{} 第 {} 行。\n"},

    // The report of a step.
    Phrase{"The same in", "同样的还有"},
    Phrase{"{} printed:\n", "{} 的输出：\n"},
    Phrase{"  it printed:\n", "  它的输出：\n"},
    Phrase{"One failure of each kind is shown; --filter NAME shows another.\n",
           "每种失败只列出一个；--filter NAME 可以看别的。\n"},
    Phrase{"{} ({} cases)\n", "{}（{} 个用例）\n"},
    Phrase{"{} (1 case)\n", "{}（1 个用例）\n"},
    Phrase{"{}: {} of {} passed", "{0}：{2} 个用例中通过了 {1} 个"},
    Phrase{", {} wait for functions that are not written yet", "，{} 个在等还没有写的函数"},
    Phrase{"No case is named {}.\n", "没有叫 {} 的用例。\n"},
    Phrase{"{} is not written yet: write it in {}; read section {}",
           "{} 还没有写：请写在 {} 里；请读第 {} 节"},

    Phrase{"Next: {}. Read labs/{}/{}, then ./lab {}.\n",
           "接下来是{}：请读 labs/{}/{}，然后运行 ./lab {}。\n"},
    Phrase{"That was the last step: ./lab generate lets your code tell a story.\n",
           "这是最后一步：运行 ./lab generate，让你的代码讲个故事。\n"},

    // Where a student stands.
    Phrase{"{:>3} of {:<3}", "{:>3} / {:<3}"},
    Phrase{"done", "完成"},
    Phrase{"next: {} fails", "接下来：{} 没有通过"},
    Phrase{"write {} (section {})", "接下来写 {}（第 {} 节）"},
};

/// Whether the environment variable LAB_LANG asks for Chinese; if it doesn't, a diagnosis speaks English.
bool speaks_chinese();

/// A phrase by its English words. One that isn't in the table doesn't compile.
class PhraseName {
 public:
  consteval PhraseName(const char* en) : index_(index_of(en)) {}  // NOLINT: stands for the words themselves
  std::string_view text() const { return speaks_chinese() ? phrases[index_].zh : phrases[index_].en; }
  /// Up to the first placeholder: how all that is said so begins.
  std::string_view beginning() const { return text().substr(0, text().find('{')); }

 private:
  static constexpr std::size_t index_of(std::string_view en) {
    for (std::size_t i = 0; i < phrases.size(); ++i) {
      if (phrases[i].en == en) return i;
    }
    throw "this phrase is not in the table";
  }

  std::size_t index_;
};

/// The phrase in the language of LAB_LANG, with `args` in its placeholders.
template <typename... Args>
std::string say(PhraseName phrase, const Args&... args) {
  return fmt::vformat(phrase.text(), fmt::make_format_args(args...));
}

/// A word that is known only while running, such as the name of an axis; itself if the table lacks it.
std::string word(std::string_view en);

}  // namespace lab
