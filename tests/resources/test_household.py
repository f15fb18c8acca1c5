from mood.resources.household import household


def test_a_house_with_ipv6_is_one_address():
    assert household("2001:db8:1:2::a") == household("2001:db8:1:2:ffff::b")
    assert household("2001:db8:1:2::a") != household("2001:db8:1:3::a")
    assert household("::ffff:203.0.113.7") == household("203.0.113.7") == "203.0.113.7"
    assert household("testclient") == "testclient"
