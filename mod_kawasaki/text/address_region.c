/* SPDX-License-Identifier: Apache-2.0
 *
 * The front of an address: prefecture and district (郡). Certificates may leave the prefecture out; some municipalities
 * say by themselves in which one they lie: those whose addresses are customarily written without it (designated cities,
 * capitals with the prefecture's name, Tokyo's wards), and Kanagawa's.
 */
#include "text/address.h"

typedef struct {
    const char *name, *municipalities; /* with spaces between; only names that no other prefecture has */
} prefecture_t;

static const prefecture_t prefectures[] = {
    {"北海道", "札幌市"},
    {"青森県", "青森市"},
    {"岩手県", "盛岡市"},
    {"宮城県", "仙台市"},
    {"秋田県", "秋田市"},
    {"山形県", "山形市"},
    {"福島県", "福島市"},
    {"茨城県", "水戸市"},
    {"栃木県", "宇都宮市"},
    {"群馬県", "前橋市"},
    {"埼玉県", "さいたま市"},
    {"千葉県", "千葉市"},
    {"東京都", "千代田区 中央区 港区 新宿区 文京区 台東区 墨田区 江東区 品川区 目黒区 大田区 世田谷区 渋谷区 中野区 "
               "杉並区 豊島区 北区 荒川区 板橋区 練馬区 足立区 葛飾区 江戸川区 八王子市"},
    {"神奈川県", "横浜市 川崎市 相模原市 横須賀市 平塚市 鎌倉市 藤沢市 小田原市 茅ケ崎市 逗子市 三浦市 秦野市 厚木市 "
                 "大和市 伊勢原市 海老名市 座間市 南足柄市 綾瀬市 三浦郡 高座郡 中郡 足柄上郡 足柄下郡 愛甲郡"},
    {"新潟県", "新潟市"},
    {"富山県", "富山市"},
    {"石川県", "金沢市"},
    {"福井県", "福井市"},
    {"山梨県", "甲府市"},
    {"長野県", "長野市"},
    {"岐阜県", "岐阜市"},
    {"静岡県", "静岡市 浜松市"},
    {"愛知県", "名古屋市"},
    {"三重県", "津市"},
    {"滋賀県", "大津市"},
    {"京都府", "京都市"},
    {"大阪府", "大阪市 堺市"},
    {"兵庫県", "神戸市"},
    {"奈良県", "奈良市"},
    {"和歌山県", "和歌山市"},
    {"鳥取県", "鳥取市"},
    {"島根県", "松江市"},
    {"岡山県", "岡山市"},
    {"広島県", "広島市"},
    {"山口県", "山口市"},
    {"徳島県", "徳島市"},
    {"香川県", "高松市"},
    {"愛媛県", "松山市"},
    {"高知県", "高知市"},
    {"福岡県", "福岡市 北九州市"},
    {"佐賀県", "佐賀市"},
    {"長崎県", "長崎市"},
    {"熊本県", "熊本市"},
    {"大分県", "大分市"},
    {"宮崎県", "宮崎市"},
    {"鹿児島県", "鹿児島市"},
    {"沖縄県", "那覇市"},
};

enum { PREFECTURES = sizeof prefectures / sizeof *prefectures };

#define DISTRICT_MAX 5 /* characters of the longest, 北宇和郡 and the like, with room */
#define TOWN_MAX     9 /* 富士河口湖町, with room */

/* Where characters end that are this name from index `from` on, spaces aside; -1: they are another. */
static int behind(const apr_array_header_t *chars, int from, span_t name)
{
    const match_char_t *in = (const match_char_t *)chars->elts;
    for (apr_size_t at = 0; at < name.size; ++from) {
        while (from < chars->nelts && in[from].code == ' ') ++from;
        if (from == chars->nelts || in[from].any || in[from].code != utf8_next(name, &at)) return -1;
    }
    return from;
}

static void find_prefecture(address_region_t *region, const apr_array_header_t *chars)
{
    region->prefecture = -1;
    region->prefecture_end = 0;
    for (int i = 0; i < PREFECTURES && region->prefecture < 0; ++i) {
        int end = behind(chars, 0, span_of(prefectures[i].name));
        if (end < 0) continue;
        region->prefecture = i;
        region->prefecture_end = end;
    }
}

/* Does one of these names stand there? */
static bool begins_with_one(const apr_array_header_t *chars, int from, const char *names)
{
    while (*names) {
        apr_size_t size = strcspn(names, " ");
        if (behind(chars, from, (span_t){names, size}) >= 0) return true;
        names += size;
        names += *names == ' ';
    }
    return false;
}

/* A town or village follows a district, and no number before. */
static bool town_follows(const apr_array_header_t *chars, int from)
{
    const match_char_t *in = (const match_char_t *)chars->elts;
    for (int at = from; at < chars->nelts && at - from < TOWN_MAX; ++at) {
        uint32_t code = in[at].code;
        if (code == U'町' || code == U'村') return at > from;
        if (code >= '0' && code <= '9') return false;
    }
    return false;
}

/* Where 郡 ends a district's name, not a city's: 蒲郡市, and 郡 as a town behind a city's name. */
static int find_district(const apr_array_header_t *chars, int from)
{
    const match_char_t *in = (const match_char_t *)chars->elts;
    int length = 0;
    if (begins_with_one(chars, from, "蒲郡市 小郡市 大和郡山市 郡山市 郡上市")) return from;
    bool like_a_city = begins_with_one(chars, from, "余市郡 高市郡 東村山郡 西村山郡 北村山郡 田村郡");
    for (int at = from; at < chars->nelts && length <= DISTRICT_MAX; ++at) {
        uint32_t code = in[at].code;
        if (code == U'郡') return length > 0 && town_follows(chars, at + 1) ? at + 1 : from;
        bool municipality = code == U'市' || code == U'区' || code == U'町' || code == U'村';
        if (municipality && !like_a_city) return from;
        length += code != ' ';
    }
    return from;
}

void address_region(address_region_t *region, const apr_array_header_t *chars)
{
    find_prefecture(region, chars);
    region->district_end = find_district(chars, region->prefecture_end);
    region->municipality_lies_in = -1;
    for (int i = 0; i < PREFECTURES; ++i) {
        if (begins_with_one(chars, region->prefecture_end, prefectures[i].municipalities)) {
            region->municipality_lies_in = i;
        }
    }
}
