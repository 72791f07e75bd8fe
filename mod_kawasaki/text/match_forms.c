/* SPDX-License-Identifier: Apache-2.0
 *
 * Kanji that have two forms, for comparing. Certificates hold JIS X 0208 and JIS X 0212; who has a kanji in his name
 * that is in neither, finds its other form there. Sources: the old forms beside the list of kanji for common use
 * (常用漢字表, 2010), the pairs that exchanged their places in JIS X 0208 of 1983, and other forms of what neither set
 * has (㐂, 𠮷). Variants by custom that the sets do have (嶋, 冨) are other kanji here.
 */
#include "text/match_char.h"

#include <stdlib.h>

#define FIRST_RADICAL 0x2E80
#define LAST_RADICAL  0x2EF3

typedef struct {
    uint32_t old_form, form;
} form_t;

/* All tables in the order of the codes. In neither character set: */
static const form_t without_code[] = {
    {U'㐂', U'喜'}, {U'㔟', U'勢'}, {U'俱', U'倶'}, {U'倂', U'併'}, {U'值', U'値'}, {U'內', U'内'}, {U'剝', U'剥'},
    {U'勻', U'匂'}, {U'卽', U'即'}, {U'吞', U'呑'}, {U'吳', U'呉'}, {U'吿', U'告'}, {U'啟', U'啓'}, {U'喻', U'喩'},
    {U'噓', U'嘘'}, {U'增', U'増'}, {U'姬', U'姫'}, {U'姸', U'妍'}, {U'娛', U'娯'}, {U'寬', U'寛'}, {U'尙', U'尚'},
    {U'屛', U'屏'}, {U'巢', U'巣'}, {U'幷', U'并'}, {U'强', U'強'}, {U'彥', U'彦'}, {U'徵', U'徴'}, {U'德', U'徳'},
    {U'悅', U'悦'}, {U'戶', U'戸'}, {U'戾', U'戻'}, {U'揭', U'掲'}, {U'敎', U'教'}, {U'旣', U'既'}, {U'昻', U'昂'},
    {U'晚', U'晩'}, {U'曆', U'暦'}, {U'栁', U'柳'}, {U'槪', U'概'}, {U'橫', U'横'}, {U'步', U'歩'}, {U'歲', U'歳'},
    {U'歷', U'歴'}, {U'每', U'毎'}, {U'涉', U'渉'}, {U'淚', U'涙'}, {U'淸', U'清'}, {U'渴', U'渇'}, {U'溫', U'温'},
    {U'瀨', U'瀬'}, {U'狀', U'状'}, {U'甁', U'瓶'}, {U'產', U'産'}, {U'硏', U'研'}, {U'稅', U'税'}, {U'簞', U'箪'},
    {U'絕', U'絶'}, {U'綠', U'緑'}, {U'緖', U'緒'}, {U'緣', U'縁'}, {U'脫', U'脱'}, {U'荆', U'荊'}, {U'薰', U'薫'},
    {U'虛', U'虚'}, {U'蟬', U'蝉'}, {U'說', U'説'}, {U'賴', U'頼'}, {U'郞', U'郎'}, {U'鄕', U'郷'}, {U'銳', U'鋭'},
    {U'錄', U'録'}, {U'鍊', U'錬'}, {U'閒', U'間'}, {U'閱', U'閲'}, {U'靍', U'鶴'}, {U'靑', U'青'}, {U'驒', U'騨'},
    {U'髙', U'高'}, {U'黃', U'黄'}, {U'黑', U'黒'}, {U'﨑', U'崎'}, {U'𠀋', U'丈'}, {U'𠮟', U'叱'}, {U'𠮷', U'吉'},
    {U'𡈽', U'土'}, {U'𣘺', U'橋'}, {U'𣳾', U'泰'}, {U'𥔎', U'碕'}, {U'𦚰', U'脇'},
};

/* In one of them: names with these are not the names with the other form. */
static const form_t old_forms[] = {
    {U'乘', U'乗'}, {U'亂', U'乱'}, {U'亞', U'亜'}, {U'佛', U'仏'}, {U'來', U'来'}, {U'假', U'仮'}, {U'傳', U'伝'},
    {U'僞', U'偽'}, {U'價', U'価'}, {U'儉', U'倹'}, {U'儘', U'侭'}, {U'兒', U'児'}, {U'兩', U'両'}, {U'冰', U'氷'},
    {U'凜', U'凛'}, {U'刄', U'刃'}, {U'剩', U'剰'}, {U'劍', U'剣'}, {U'劑', U'剤'}, {U'勞', U'労'}, {U'勳', U'勲'},
    {U'勵', U'励'}, {U'勸', U'勧'}, {U'區', U'区'}, {U'卷', U'巻'}, {U'參', U'参'}, {U'啞', U'唖'}, {U'單', U'単'},
    {U'嚙', U'噛'}, {U'嚴', U'厳'}, {U'囊', U'嚢'}, {U'囑', U'嘱'}, {U'圈', U'圏'}, {U'國', U'国'}, {U'圍', U'囲'},
    {U'圓', U'円'}, {U'圖', U'図'}, {U'團', U'団'}, {U'堯', U'尭'}, {U'塡', U'填'}, {U'墮', U'堕'}, {U'壓', U'圧'},
    {U'壘', U'塁'}, {U'壞', U'壊'}, {U'壤', U'壌'}, {U'壯', U'壮'}, {U'壹', U'壱'}, {U'壺', U'壷'}, {U'壽', U'寿'},
    {U'奧', U'奥'}, {U'奬', U'奨'}, {U'孃', U'嬢'}, {U'學', U'学'}, {U'寢', U'寝'}, {U'實', U'実'}, {U'寫', U'写'},
    {U'寶', U'宝'}, {U'將', U'将'}, {U'專', U'専'}, {U'對', U'対'}, {U'屆', U'届'}, {U'屢', U'屡'}, {U'屬', U'属'},
    {U'峯', U'峰'}, {U'峽', U'峡'}, {U'嶽', U'岳'}, {U'巖', U'巌'}, {U'帶', U'帯'}, {U'廢', U'廃'}, {U'廣', U'広'},
    {U'廳', U'庁'}, {U'彈', U'弾'}, {U'彌', U'弥'}, {U'彎', U'弯'}, {U'徑', U'径'}, {U'從', U'従'}, {U'恆', U'恒'},
    {U'惠', U'恵'}, {U'惡', U'悪'}, {U'惱', U'悩'}, {U'愼', U'慎'}, {U'慘', U'惨'}, {U'應', U'応'}, {U'懷', U'懐'},
    {U'戀', U'恋'}, {U'戰', U'戦'}, {U'戲', U'戯'}, {U'拂', U'払'}, {U'拔', U'抜'}, {U'拜', U'拝'}, {U'挾', U'挟'},
    {U'揑', U'捏'}, {U'插', U'挿'}, {U'搖', U'揺'}, {U'搜', U'捜'}, {U'摑', U'掴'}, {U'擇', U'択'}, {U'擊', U'撃'},
    {U'擔', U'担'}, {U'據', U'拠'}, {U'擧', U'挙'}, {U'擴', U'拡'}, {U'攝', U'摂'}, {U'攪', U'撹'}, {U'收', U'収'},
    {U'效', U'効'}, {U'敍', U'叙'}, {U'敕', U'勅'}, {U'數', U'数'}, {U'斷', U'断'}, {U'晉', U'晋'}, {U'晝', U'昼'},
    {U'曉', U'暁'}, {U'曺', U'曹'}, {U'曾', U'曽'}, {U'會', U'会'}, {U'桒', U'桑'}, {U'條', U'条'}, {U'棧', U'桟'},
    {U'榮', U'栄'}, {U'槇', U'槙'}, {U'樂', U'楽'}, {U'樓', U'楼'}, {U'樞', U'枢'}, {U'樣', U'様'}, {U'檜', U'桧'},
    {U'檢', U'検'}, {U'檮', U'梼'}, {U'櫻', U'桜'}, {U'權', U'権'}, {U'歐', U'欧'}, {U'歡', U'歓'}, {U'歸', U'帰'},
    {U'殘', U'残'}, {U'殼', U'殻'}, {U'毆', U'殴'}, {U'氣', U'気'}, {U'沒', U'没'}, {U'淨', U'浄'}, {U'淺', U'浅'},
    {U'溪', U'渓'}, {U'滯', U'滞'}, {U'滿', U'満'}, {U'潑', U'溌'}, {U'潛', U'潜'}, {U'澁', U'渋'}, {U'澤', U'沢'},
    {U'濕', U'湿'}, {U'濟', U'済'}, {U'濤', U'涛'}, {U'濱', U'浜'}, {U'濵', U'浜'}, {U'瀆', U'涜'}, {U'瀧', U'滝'},
    {U'灌', U'潅'}, {U'灣', U'湾'}, {U'焰', U'焔'}, {U'燈', U'灯'}, {U'燒', U'焼'}, {U'營', U'営'}, {U'爐', U'炉'},
    {U'爭', U'争'}, {U'爲', U'為'}, {U'犧', U'犠'}, {U'狹', U'狭'}, {U'獨', U'独'}, {U'獵', U'猟'}, {U'獸', U'獣'},
    {U'獻', U'献'}, {U'瑤', U'瑶'}, {U'瓣', U'弁'}, {U'畫', U'画'}, {U'當', U'当'}, {U'疊', U'畳'}, {U'瘦', U'痩'},
    {U'癡', U'痴'}, {U'發', U'発'}, {U'盜', U'盗'}, {U'盡', U'尽'}, {U'眞', U'真'}, {U'碎', U'砕'}, {U'礦', U'砿'},
    {U'礪', U'砺'}, {U'祕', U'秘'}, {U'祿', U'禄'}, {U'禪', U'禅'}, {U'禮', U'礼'}, {U'禰', U'祢'}, {U'禱', U'祷'},
    {U'稱', U'称'}, {U'穗', U'穂'}, {U'穩', U'穏'}, {U'穰', U'穣'}, {U'竈', U'竃'}, {U'竊', U'窃'}, {U'竝', U'並'},
    {U'籠', U'篭'}, {U'粹', U'粋'}, {U'絲', U'糸'}, {U'經', U'経'}, {U'縣', U'県'}, {U'縱', U'縦'}, {U'總', U'総'},
    {U'繩', U'縄'}, {U'繪', U'絵'}, {U'繫', U'繋'}, {U'繼', U'継'}, {U'續', U'続'}, {U'纖', U'繊'}, {U'缺', U'欠'},
    {U'罐', U'缶'}, {U'羣', U'群'}, {U'聰', U'聡'}, {U'聲', U'声'}, {U'聽', U'聴'}, {U'肅', U'粛'}, {U'腦', U'脳'},
    {U'膽', U'胆'}, {U'臟', U'臓'}, {U'臺', U'台'}, {U'與', U'与'}, {U'舊', U'旧'}, {U'艷', U'艶'}, {U'莊', U'荘'},
    {U'莖', U'茎'}, {U'菷', U'箒'}, {U'萊', U'莱'}, {U'萠', U'萌'}, {U'萬', U'万'}, {U'蔣', U'蒋'}, {U'藏', U'蔵'},
    {U'藝', U'芸'}, {U'藥', U'薬'}, {U'藪', U'薮'}, {U'蘂', U'蕊'}, {U'處', U'処'}, {U'號', U'号'}, {U'螢', U'蛍'},
    {U'蟲', U'虫'}, {U'蠅', U'蝿'}, {U'蠟', U'蝋'}, {U'蠣', U'蛎'}, {U'蠶', U'蚕'}, {U'蠻', U'蛮'}, {U'衞', U'衛'},
    {U'裝', U'装'}, {U'覺', U'覚'}, {U'覽', U'覧'}, {U'觀', U'観'}, {U'觸', U'触'}, {U'諫', U'諌'}, {U'謠', U'謡'},
    {U'證', U'証'}, {U'譯', U'訳'}, {U'譽', U'誉'}, {U'讀', U'読'}, {U'變', U'変'}, {U'讓', U'譲'}, {U'豐', U'豊'},
    {U'豫', U'予'}, {U'貳', U'弐'}, {U'賣', U'売'}, {U'賤', U'賎'}, {U'贊', U'賛'}, {U'踐', U'践'}, {U'軀', U'躯'},
    {U'輕', U'軽'}, {U'轉', U'転'}, {U'辨', U'弁'}, {U'辭', U'辞'}, {U'辯', U'弁'}, {U'遙', U'遥'}, {U'遞', U'逓'},
    {U'遲', U'遅'}, {U'邇', U'迩'}, {U'邉', U'辺'}, {U'邊', U'辺'}, {U'醉', U'酔'}, {U'醫', U'医'}, {U'醬', U'醤'},
    {U'釀', U'醸'}, {U'釋', U'釈'}, {U'錢', U'銭'}, {U'鎭', U'鎮'}, {U'鐵', U'鉄'}, {U'鑄', U'鋳'}, {U'鑛', U'鉱'},
    {U'關', U'関'}, {U'陷', U'陥'}, {U'隨', U'随'}, {U'險', U'険'}, {U'隱', U'隠'}, {U'隸', U'隷'}, {U'雙', U'双'},
    {U'雜', U'雑'}, {U'霸', U'覇'}, {U'靈', U'霊'}, {U'靏', U'鶴'}, {U'靜', U'静'}, {U'靱', U'靭'}, {U'頰', U'頬'},
    {U'頸', U'頚'}, {U'顏', U'顔'}, {U'顚', U'顛'}, {U'顯', U'顕'}, {U'飜', U'翻'}, {U'飮', U'飲'}, {U'餘', U'余'},
    {U'餠', U'餅'}, {U'騷', U'騒'}, {U'驅', U'駆'}, {U'驗', U'験'}, {U'驛', U'駅'}, {U'髓', U'髄'}, {U'體', U'体'},
    {U'髮', U'髪'}, {U'鬪', U'闘'}, {U'鰺', U'鯵'}, {U'鶯', U'鴬'}, {U'鷄', U'鶏'}, {U'鷗', U'鴎'}, {U'鹼', U'鹸'},
    {U'鹽', U'塩'}, {U'麥', U'麦'}, {U'麴', U'麹'}, {U'麵', U'麺'}, {U'默', U'黙'}, {U'點', U'点'}, {U'黨', U'党'},
    {U'齊', U'斉'}, {U'齋', U'斎'}, {U'齒', U'歯'}, {U'齡', U'齢'}, {U'龍', U'竜'}, {U'龜', U'亀'},
};

/* Radicals that are whole kanji, as copied from a PDF, where NFKC leaves them (Unicode's EquivalentUnifiedIdeograph).
 */
static const form_t radicals[] = {
    {U'⺄', U'乙'}, {U'⺒', U'巳'}, {U'⺜', U'日'}, {U'⺝', U'月'}, {U'⺠', U'民'}, {U'⺧', U'牛'}, {U'⺩', U'王'},
    {U'⺬', U'示'}, {U'⺶', U'羊'}, {U'⻁', U'虎'}, {U'⻄', U'西'}, {U'⻆', U'角'}, {U'⻑', U'長'}, {U'⻗', U'雨'},
    {U'⻘', U'青'}, {U'⻝', U'食'}, {U'⻣', U'骨'}, {U'⻤', U'鬼'}, {U'⻨', U'麦'}, {U'⻩', U'黄'}, {U'⻫', U'斉'},
    {U'⻭', U'歯'}, {U'⻯', U'竜'}, {U'⻱', U'龜'}, {U'⻲', U'亀'},
};

static int compare(const void *key, const void *entry)
{
    uint32_t code = *(const uint32_t *)key, other = ((const form_t *)entry)->old_form;
    return (code > other) - (code < other);
}

static uint32_t look_up(uint32_t code, const form_t *forms, apr_size_t count)
{
    const form_t *found = bsearch(&code, forms, count, sizeof *forms, compare);
    return found ? found->form : code;
}

uint32_t match_form(uint32_t code, match_forms_t forms)
{
    if (code >= FIRST_RADICAL && code <= LAST_RADICAL)
        code = look_up(code, radicals, sizeof radicals / sizeof *radicals);
    if (!match_is_kanji(code)) return code;
    code = look_up(code, without_code, sizeof without_code / sizeof *without_code);
    if (forms == MATCH_PLACE) code = look_up(code, old_forms, sizeof old_forms / sizeof *old_forms);
    return code;
}
